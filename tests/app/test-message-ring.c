#include "config.h"

#include <poll.h>
#include <pthread.h>

#include "app/worker/wb-message-ring-private.h"

/* Every step's numbers cross in order, none lost, however full the ring; ThreadSanitizer looks on.
 */

#define N_MESSAGES 20000

static void *
write_messages (void *data)
{
  WbMessageRing *ring = data;

  for (guint64 i = 1; i <= N_MESSAGES; i++)
    {
      WbMessage message = { WB_MESSAGE_STEP, i };

      message.stats.loss = (double) i / 2;
      message.text = i % 100 == 0 ? g_strdup_printf ("%u", (guint) i) : NULL;
      wb_message_ring_push (ring, &message);
    }
  return NULL;
}

static void
test_order (void)
{
  g_autoptr (WbMessageRing) ring = wb_message_ring_new (64);
  struct pollfd fd = { wb_message_ring_get_fd (ring), POLLIN, 0 };
  pthread_t     thread;
  guint64       next = 1;
  WbMessage     message;

  g_assert_cmpint (pthread_create (&thread, NULL, write_messages, ring), ==, 0);
  while (next <= N_MESSAGES)
    {
      g_assert_cmpint (poll (&fd, 1, 10000), ==, 1);
      while (wb_message_ring_pop (ring, &message))
        {
          g_assert_cmpuint (message.step, ==, next);
          g_assert_cmpfloat (message.stats.loss, ==, (double) next / 2);
          g_assert_cmpint (message.text != NULL, ==, next % 100 == 0);
          g_free (message.text);
          next++;
        }
    }
  pthread_join (thread, NULL);
  g_assert_cmpint (poll (&fd, 1, 0), ==, 0);
}

/* What nobody read is freed with the ring. */
static void
test_leftover (void)
{
  g_autoptr (WbMessageRing) ring = wb_message_ring_new (8);
  WbMessage message = { WB_MESSAGE_NOTE, 1 };

  message.text = g_strdup ("left over");
  wb_message_ring_push (ring, &message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/worker/ring/order", test_order);
  g_test_add_func ("/app/worker/ring/leftover", test_leftover);
  return g_test_run ();
}
