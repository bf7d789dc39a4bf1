#include "engine/train/wb-schedule.h"

#include <math.h>

/* Factors at steps 0, 1, 2, 3, 5, 9, 10 and 12 with learning rate 2e-5: transformers 5.23's. */
typedef struct
{
  const char *name;
  guint64     total, warmup;
  double      factors[8];
} Case;

static const guint64 steps[] = { 0, 1, 2, 3, 5, 9, 10, 12 };

#define THIRDS 0.0, 0.3333333333333333, 0.6666666666666666, 1.0
#define SEVENTHS                                                                                   \
  0.0, 0.14285714285714285, 0.2857142857142857, 0.42857142857142855, 0.7142857142857143

static const Case cases[] = {
  { "linear", 10, 3, { THIRDS, 0.7142857142857143, 0.14285714285714285, 0, 0 } },
  { "linear", 10, 0, { 1, 0.9, 0.8, 0.7, 0.5, 0.1, 0, 0 } },
  { "linear", 7, 7, { SEVENTHS, 0, 0, 0 } },
  { "cosine", 10, 3, { THIRDS, 0.8117449009293668, 0.04951556604879048, 0, 0.18825509907063315 } },
  { "cosine",
    10,
    0,
    { 1, 0.9755282581475768, 0.9045084971874737, 0.7938926261462366, 0.5, 0.024471741852423234, 0,
      0.09549150281252622 } },
  { "cosine_with_restarts", 10, 3, { THIRDS, 0.8117449009293668, 0.04951556604879048, 0, 0 } },
  { "cosine_with_restarts", 7, 7, { SEVENTHS, 0, 0, 0 } },
  { "polynomial", 10, 3, { THIRDS, 0.7157142857142857, 0.1471428571428572, 0.005, 0.005 } },
  { "polynomial", 10, 0, { 1, 0.9005, 0.801, 0.7015, 0.5025, 0.1045, 0.005, 0.005 } },
  { "constant", 10, 3, { 1, 1, 1, 1, 1, 1, 1, 1 } },
  { "constant_with_warmup", 10, 3, { THIRDS, 1, 1, 1, 1 } },
  { "inverse_sqrt",
    10,
    3,
    { THIRDS, 0.7745966692414834, 0.5773502691896258, 0.5477225575051661, 0.5 } },
  { "inverse_sqrt",
    10,
    0,
    { 1, 0.9999500037496877, 0.9999000149975006, 0.9998500337415648, 0.9997500937109545,
      0.9995503035223668, 0.9995003746877732, 0.9994005394605663 } },
};

/* Published ones at steps 0, 5, 10, 11, 20, 30, 49, 50, 53 of 50 with warm-up 10, from the fact
 * sheet's formulas. */
typedef struct
{
  const char *name;
  double      factors[9];
} PublishedCase;

static const guint64 published_steps[] = { 0, 5, 10, 11, 20, 30, 49, 50, 53 };

static const PublishedCase published_cases[] = {
  { "warmup_linear", { 0, 0.5, 0.8, 0.78, 0.6, 0.4, 0.02, 0, 0.3 } },
  { "warmup_linear_shift", { 0, 0.5, 1, 0.975, 0.75, 0.5, 0.025, 0, 0.3 } },
  { "warmup_constant", { 0, 0.5, 1, 1, 1, 1, 1, 0, 0.3 } },
  { "warmup_cosine",
    { 0, 0.5, 0.9045084971874737, 0.8852566213878946, 0.6545084971874737, 0.34549150281252633,
      0.0009866357858642205, 0, 0.3 } },
  { "warmup_linear_cosine",
    { 0, 0.5, 1, 0.998458666866564, 0.8535533905932737, 0.5, 0.001541333133436018, 0, 0.3 } },
  { "warmup-cyclic-linear-cosine",
    { 0, 0.5, 0.9761271242968684, 0.9484731565365592, 0.7261271242968684, 0.47612712429686854, 0, 0,
      0 } },
};

static WbScheduleKind
kind_of (const char *name)
{
  WbScheduleKind kind;

  g_assert_true (wb_schedule_parse (name, &kind));
  return kind;
}

static void
test_transformers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (steps); k++)
      g_assert_cmpfloat_with_epsilon (wb_schedule_factor (kind_of (cases[i].name), steps[k],
                                                          cases[i].total, cases[i].warmup, 2e-5),
                                      cases[i].factors[k], 1e-14);
}

static void
test_published (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (published_cases); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (published_steps); k++)
      g_assert_cmpfloat_with_epsilon (
          wb_schedule_factor (kind_of (published_cases[i].name), published_steps[k], 50, 10, 1e-4),
          published_cases[i].factors[k], 1e-14);
}

static void
test_names (void)
{
  WbScheduleKind kind;

  for (guint i = 0; i <= WB_SCHEDULE_WARMUP_CYCLIC_LINEAR_COSINE; i++)
    g_assert_cmpuint (kind_of (wb_schedule_get_name ((WbScheduleKind) i)), ==, i);
  g_assert_cmpuint (kind_of ("cosine-with-restarts"), ==, WB_SCHEDULE_COSINE_WITH_RESTARTS);
  g_assert_false (wb_schedule_parse ("lin", &kind));
  g_assert_false (wb_schedule_parse ("linear_", &kind));
  g_assert_false (wb_schedule_parse ("", &kind));
}

/* No total or warm-up makes a factor that is not a number from 0 to 1. */
static void
test_always_finite (void)
{
  for (guint i = 0; i <= WB_SCHEDULE_WARMUP_CYCLIC_LINEAR_COSINE; i++)
    for (guint64 total = 0; total < 12; total++)
      for (guint64 warmup = 0; warmup < 15; warmup++)
        for (guint64 step = 0; step < 40; step++)
          {
            const double f = wb_schedule_factor ((WbScheduleKind) i, step, total, warmup, 1e-3);

            g_assert_true (isfinite (f) && f >= 0 && f <= 1);
          }
  g_assert_cmpfloat (wb_schedule_factor (WB_SCHEDULE_POLYNOMIAL, 1, 2, 0, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/schedule/transformers", test_transformers);
  g_test_add_func ("/engine/schedule/published", test_published);
  g_test_add_func ("/engine/schedule/names", test_names);
  g_test_add_func ("/engine/schedule/always-finite", test_always_finite);
  return g_test_run ();
}
