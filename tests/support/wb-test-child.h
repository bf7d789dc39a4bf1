#pragma once

/* Places where writing fails, in a process of its own.  Include it first: it asks the C library for
 * what Linux adds. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

/* Runs @body in a child process and returns its exit status; -1: a signal ended it.  Of the
 * parent's threads the child has none, so the body opens all it needs. */
static inline int
wb_test_in_child (int (*body) (const char *folder), const char *folder)
{
  pid_t pid = fork ();
  int   status = 0;

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    _exit (body (folder));
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

#define WB_TEST_NOT_PERMITTED 77

/* In a child: a small tmpfs of @kib kibibytes over @folder, seen by this process alone. */
static inline gboolean
wb_test_mount_small (const char *folder, unsigned kib)
{
  g_autofree char *options = g_strdup_printf ("size=%uk", kib);

  return unshare (geteuid () == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("none", folder, "tmpfs", 0, options) == 0;
}

/* In a child: becomes a user whom permissions bind. */
static inline gboolean
wb_test_become_nobody (void)
{
  return geteuid () != 0 || (setgid (65534) == 0 && setuid (65534) == 0);
}

/* Fills what is left of the disk under @folder. */
static inline void
wb_test_fill (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "filler", NULL);
  char             block[512] = { 1 };
  int              fd = open (path, O_CREAT | O_WRONLY | O_APPEND, 0600);

  while (write (fd, block, sizeof block) > 0)
    ;
  close (fd);
}
