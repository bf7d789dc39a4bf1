#pragma once

#include "ui/widgets/wb-run-spec-card.h"
#include "ui/widgets/wb-width-bin.h"
#include "ui/windows/wb-new-run-dialog.h"

G_BEGIN_DECLS

struct _WbNewRunDialog
{
  AdwWindow parent_instance;

  WbRunSpec    *spec;
  GHashTable   *rows;    /* field -> row (AdwActionRow), not owned */
  GHashTable   *touched; /* fields that were typed in: only these are marked as wrong */
  guint         check_id;
  GCancellable *cancellable; /* of a start that is under way */
  gboolean      to_queue;    /* it goes to the end of the queue */
  gboolean      has_library;
  gboolean      has_further;   /* their rows are made */
  GHashTable   *further_names; /* models that are ticked */
  gboolean      ready;         /* the form is built: rows may change the spec */
  gboolean      filling;       /* not a person changes the rows */
  gboolean      wants_own;     /* a person chose no recipe */
  GPtrArray    *own_recipes;   /* (element-type WbRecipe): those that somebody saved */
  GPtrArray    *recipes;       /* of the choice: what the spec calls them */
  char         *offer;         /* what the choice was made for */
  char         *recipe_help;

  AdwToastOverlay     *toasts;
  GtkWidget           *start, *enqueue;
  GtkSpinner          *spinner;
  WbWidthBin          *bin;
  GtkBox              *columns;
  AdwPreferencesGroup *what, *training;
  AdwExpanderRow      *more, *further;
  AdwComboRow         *task, *start_from, *library, *recipe;
  WbRunSpecCard       *card;
  GtkWidget           *folder, *config; /* rows */
};

/* What the spec has under @field becomes @text; the card follows soon. */
void wb_new_run_dialog_set_field (WbNewRunDialog *self, const char *field, const char *text);

/* Model and configuration of the rows go into the spec. */
void wb_new_run_dialog_apply_model (WbNewRunDialog *self);

/* Further models: wb-new-run-dialog-models.c */

void wb_new_run_dialog_open_further (WbNewRunDialog *self);
/* (transfer full): @first and those that are ticked, joined by commas. */
char *wb_new_run_dialog_dup_models (WbNewRunDialog *self, const char *first);

/* Says it at the window's bottom for a while. */
void wb_new_run_dialog_tell (WbNewRunDialog *self, const char *message);

/* The choice of a recipe: wb-new-run-dialog-recipe.c */

/* Each name of what somebody saved once, whatever sizes it has. */
void wb_new_run_dialog_read_own_recipes (WbNewRunDialog *self, WbWorkspace *workspace);

/* After task or model changed: what there is for them.  The published one is the choice until a
 * person takes another. */
void wb_new_run_dialog_update_recipes (WbNewRunDialog *self);

/* Asks for a name, and makes the form's settings a recipe of one's own. */
void wb_new_run_dialog_save_recipe (WbNewRunDialog *self);

/* A person has taken another row of the choice. */
void wb_new_run_dialog_take_recipe (WbNewRunDialog *self);

G_END_DECLS
