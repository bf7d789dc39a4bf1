#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_MAX_METRICS 8

typedef enum
{
  WB_MESSAGE_PHASE, /* text: "loading", "training", "evaluating", "saving"; value: share done */
  WB_MESSAGE_READY, /* the run is about to train or go on */
  WB_MESSAGE_STEP,  /* an optimizer step */
  WB_MESSAGE_EVALUATION, /* one split's metrics */
  WB_MESSAGE_SELECTION,  /* the metric that chooses the best; value, and whether it is the best */
  WB_MESSAGE_CHECKPOINT, /* text: path */
  WB_MESSAGE_NOTE,       /* text: a sentence for the log */
  WB_MESSAGE_END,        /* the last one */
} WbMessageKind;

/**
 * WbMessage:
 *
 * What the engine thread tells the main thread, by value; @text is owned by whoever holds the
 * message.
 */
typedef struct
{
  WbMessageKind kind;
  guint64       step;
  char         *text;
  double        milliseconds;
  union
  {
    double value; /* PHASE */
    struct
    {
      guint64 parameters;
      guint64 total_steps;
      guint64 steps_per_epoch;
      guint64 examples;
      guint64 tokens;            /* real ones, from the step on to the end */
      guint64 evaluation_tokens; /* of one evaluation; 0: there is none */
    } ready;                     /* text: fingerprint of the machine */
    struct
    {
      double loss;
      double learning_rate;
      double grad_norm;
      gsize  tokens;
      gsize  examples;
    } stats;
    struct
    {
      guint  split; /* index in the plan's evaluations */
      guint  n;
      double values[WB_MAX_METRICS]; /* the task's metrics, then the loss */
      gsize  examples;
    } evaluation;
    struct
    {
      double   value;
      double   best;
      guint64  best_step;
      gboolean is_best;
    } selection;
  };
} WbMessage;

/**
 * WbMessageRing:
 *
 * Messages from one thread to another, in order, none lost: the writer waits while it is full.
 * pthread primitives, so that ThreadSanitizer sees the hand-over.
 */
typedef struct _WbMessageRing WbMessageRing;

WbMessageRing *wb_message_ring_new (gsize capacity);
void           wb_message_ring_free (WbMessageRing *self); /* with the messages still inside */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMessageRing, wb_message_ring_free)

/* Writer: takes @message->text. */
void wb_message_ring_push (WbMessageRing *self, const WbMessage *message);
/* Reader: %FALSE when there is none; never waits. */
gboolean wb_message_ring_pop (WbMessageRing *self, WbMessage *message);
/* Readable while there may be messages: for poll(). */
int wb_message_ring_get_fd (WbMessageRing *self);

G_END_DECLS
