#include "app/worker/wb-message-ring-private.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct _WbMessageRing
{
  pthread_mutex_t mutex;
  pthread_cond_t  has_room;
  WbMessage      *messages; /* (capacity) */
  gsize           capacity;
  gsize           first;
  gsize           n;
  int             fd;
};

WbMessageRing *
wb_message_ring_new (gsize capacity)
{
  WbMessageRing *self = g_new0 (WbMessageRing, 1);

  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->has_room, NULL);
  self->messages = g_new0 (WbMessage, capacity);
  self->capacity = capacity;
  self->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  return self;
}

void
wb_message_ring_free (WbMessageRing *self)
{
  WbMessage message;

  while (wb_message_ring_pop (self, &message))
    g_free (message.text);
  close (self->fd);
  pthread_cond_destroy (&self->has_room);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->messages);
  g_free (self);
}

void
wb_message_ring_push (WbMessageRing *self, const WbMessage *message)
{
  const guint64 one = 1;

  pthread_mutex_lock (&self->mutex);
  while (self->n == self->capacity)
    pthread_cond_wait (&self->has_room, &self->mutex);
  self->messages[(self->first + self->n++) % self->capacity] = *message;
  pthread_mutex_unlock (&self->mutex);
  if (write (self->fd, &one, sizeof one) < 0)
    return; /* the counter is full: readable all the more */
}

gboolean
wb_message_ring_pop (WbMessageRing *self, WbMessage *message)
{
  guint64  count;
  gboolean found;

  pthread_mutex_lock (&self->mutex);
  found = self->n > 0;
  if (found)
    {
      *message = self->messages[self->first];
      self->first = (self->first + 1) % self->capacity;
      self->n--;
      pthread_cond_signal (&self->has_room);
    }
  else if (read (self->fd, &count, sizeof count) < 0)
    count = 0; /* it was not readable */
  pthread_mutex_unlock (&self->mutex);
  return found;
}

int
wb_message_ring_get_fd (WbMessageRing *self)
{
  return self->fd;
}
