#pragma once

#include "app/runs/wb-run-axis.h"
#include "ui/pages/wb-run-charts.h"
#include "ui/plots/wb-plot-card.h"

G_BEGIN_DECLS

#define WB_RUN_CHARTS_COLUMNS 12

typedef enum
{
  CARD_LOSS,
  CARD_METRICS,
  CARD_RATE,
  CARD_NORM,
  CARD_SPEED,
  CARD_MEMORY,
  N_CARDS
} CardId;

typedef struct
{
  const char *title;
  const char *series; /* of training; the others are sorted in by name */
  gboolean    from_zero, smooth;
} CardKind;

extern const CardKind wb_run_chart_kinds[N_CARDS];

typedef struct
{
  WbRunSeries *series;
  CardId       card;
  guint        index;    /* in the card's plot */
  gsize        appended; /* points that are there */
} Curve;

typedef struct
{
  GtkWidget  *box; /* the card */
  WbLinePlot *plot;
} Card;

struct _WbRunCharts
{
  GtkWidget parent_instance;

  GtkWidget  *grid;
  Card        cards[N_CARDS];
  WbPlotView *view; /* of all of them */
  WbRun      *run;
  GPtrArray  *curves;    /* Curve */
  double      smoothing; /* weight */
  gboolean    centred;   /* a centred mean as long as the weight's */
  WbRunAxis  *axis;
  GArray     *events; /* WbRunEvent, as they happened */
  gint64      events_offset;
  gboolean    reading_events;
  WbWidth     width;
  guint       refresh_id;
};

/* wb-run-charts-layout.c */
void wb_run_charts_lay_out (WbRunCharts *self);

/* wb-run-charts-curves.c */
void wb_run_charts_free_curve (gpointer curve);
void wb_run_charts_add_curve (WbRunCharts *self, const char *name);
void wb_run_charts_update_titles (WbRunCharts *self);
/* Takes in what the run has by now. */
void wb_run_charts_read (WbRunCharts *self);
/* The same points, at other places. */
void wb_run_charts_restart (WbRunCharts *self);
void wb_run_charts_smooth (WbRunCharts *self);

/* wb-run-charts-events.c: marks and values to compare with */
void wb_run_charts_read_events (WbRunCharts *self);
void wb_run_charts_show_events (WbRunCharts *self);
void wb_run_charts_show_published (WbRunCharts *self);

/* wb-run-charts-axis.c: what all charts of the page are asked for in their menus */
GMenuModel *wb_run_charts_new_menu (void); /* (transfer full) */
void        wb_run_charts_add_actions (WbRunCharts *self);

G_END_DECLS
