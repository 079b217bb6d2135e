/* Preloaded into a daemon under test: makes writes below one folder fail and sets the wall clock off, as a
 * control file that is mapped into the process says. See host-faults.ts, which compiles and steers it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

struct control {
  volatile int64_t counted; /* writes below the folder so far */
  volatile int64_t from;    /* the first that fails, 0 for none; all after it fail, too */
  volatile int64_t error;   /* errno */
  volatile int64_t refused; /* writes that failed so far */
  volatile int64_t offset;  /* nanoseconds that the wall clock is off */
};

static struct control *control;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("HOST_FAULTS");
  folder = getenv("HOST_FAULTS_FOLDER");
  int fd = path && folder ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) control = mapped;
  close(fd);
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int below(const char *path) { return strncmp(path, folder, strlen(folder)) == 0; }

static int onDisk(int fd) {
  char link[64], path[4096];
  if (!control) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path);
}

enum fate { GOES, TORN, FAILS };

/* The first write that fails is torn: half of it is written, and the rest fails. */
static enum fate fateOf(int concerned) {
  if (!concerned) return GOES;
  int64_t number = __sync_add_and_fetch(&control->counted, 1);
  if (control->from == 0 || number < control->from) return GOES;
  if (number == control->from) return TORN;
  __sync_add_and_fetch(&control->refused, 1);
  errno = (int)control->error;
  return FAILS;
}

static int refuses(int concerned) {
  if (fateOf(concerned) == GOES) return 0;
  errno = (int)control->error;
  return 1;
}

#define WRITE(name, offset)                                                  \
  ssize_t name(int fd, const void *octets, size_t size, offset at) {         \
    switch (fateOf(onDisk(fd))) {                                            \
    case FAILS: return -1;                                                   \
    case TORN: if (size > 1) size /= 2;                                      \
    /* fall through */                                                       \
    default: return REAL(name)(fd, octets, size, at);                        \
    }                                                                        \
  }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *octets, size_t size) {
  if (fateOf(onDisk(fd)) == FAILS) return -1;
  return REAL(write)(fd, octets, size);
}
int fsync(int fd) { return refuses(onDisk(fd)) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return refuses(onDisk(fd)) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { return refuses(onDisk(fd)) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return refuses(onDisk(fd)) ? -1 : REAL(ftruncate64)(fd, size); }

#define OPEN(name)                                                           \
  int name(const char *path, int flags, ...) {                               \
    va_list rest;                                                            \
    va_start(rest, flags);                                                   \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                \
    va_end(rest);                                                            \
    int creates = control && (flags & O_CREAT) && below(path) && access(path, F_OK) != 0; \
    return refuses(creates) ? -1 : REAL(name)(path, flags, mode);            \
  }
OPEN(open)
OPEN(open64)

/* A disk that is full says so. */
#define STATFS(name)                                                         \
  int name(const char *path, struct name *facts) {                           \
    int result = REAL(name)(path, facts);                                    \
    if (result == 0 && control && control->from && control->error == ENOSPC && below(path)) \
      facts->f_bavail = 0;                                                   \
    return result;                                                           \
  }
STATFS(statfs)
STATFS(statfs64)

int clock_gettime(clockid_t which, struct timespec *time) {
  int result = REAL(clock_gettime)(which, time);
  if (result != 0 || !control || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return result;
  int64_t now = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + control->offset;
  time->tv_sec = now / 1000000000;
  time->tv_nsec = now % 1000000000;
  return result;
}
int gettimeofday(struct timeval *time, void *zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
