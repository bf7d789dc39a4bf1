#pragma once

#include "app/cli/wb-cli.h"
#include "app/core/wb-json.h"
#include "app/runs/wb-findings.h"

G_BEGIN_DECLS

/**
 * WbCliFindings:
 * @confusion: --confusion: which label was taken for which; entity types; ranges of targets
 * @examples: --examples: so many of the worst, and of the best
 *
 * What `evaluate` and `runs show` say of the examples.
 */
typedef struct
{
  gboolean confusion;
  int      examples;
} WbCliFindings;

/* Options for both commands. */
#define WB_CLI_FINDINGS_ENTRIES(findings)                                                           \
  { "confusion", 0, 0, G_OPTION_ARG_NONE, &(findings).confusion, "Which label was taken for which", \
    NULL },                                                                                         \
  {                                                                                                 \
    "examples", 0, 0, G_OPTION_ARG_INT, &(findings).examples,                                       \
        "So many examples with the greatest loss, and with the least", "N"                          \
  }

/* %FALSE after saying that a number is out of range (@status). */
gboolean wb_cli_findings_check (const WbCliFindings *self, int *status);
gboolean wb_cli_findings_is_wanted (const WbCliFindings *self);

void wb_cli_findings_print (const WbCliFindings *self, const WbFindings *findings);
/* Keys "confusion" ("labels", "counts") or "ranges", "entities"; "worst", "best". */
void wb_cli_findings_write (const WbCliFindings *self, const WbFindings *findings, WbJson *json);

G_END_DECLS
