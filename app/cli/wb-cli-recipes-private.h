#pragma once

#include "app/core/wb-json.h"
#include "app/recipes/wb-recipe.h"

G_BEGIN_DECLS

/* "name title task size published source" of a recipe's object. */
void wb_cli_recipes_add_json (WbJson *json, WbRecipe *recipe);
/* "not_followed": what it says that is no setting of the program, as text by its key. */
void wb_cli_recipes_add_extras_json (WbJson *json, WbRecipe *recipe);

G_END_DECLS
