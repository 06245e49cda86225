/* Load at a given rate, whatever the server does:
 *
 *     openloop PORT TARGET RATE CONNECTIONS SECONDS
 *
 * Requests are due at random times (a Poisson process, as independent visitors make; the
 * same times in each run). Each is sent when it is due, or as soon as a connection is free,
 * and its latency counts from when it was due. One thread and one epoll instance; no more
 * than one request in flight on a connection. The outcome is one line of JSON.
 *
 * bench/openloop.py compiles and runs it; tests/bench/test_openloop.py holds it to this.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SETTLE_NS 1000000000LL /* for the last answers */
#define BUFFER 65536
#define EVENTS 64

struct connection {
    int fd; /* -1 for one that has failed */
    int is_busy;
    int64_t due;
    size_t got; /* bytes of an answer that is not whole yet */
    char buffer[BUFFER + 1];
};

static struct connection *all, **idle; /* a ring: who waits longest is next */
static int connections, idle_first, idle_count, busy_count, epoll;
static char request[16384];
static size_t request_size;
static int64_t *latencies, *lags;
static size_t answered, sent, room;
static long status_errors, socket_errors;
static int64_t idle_since; /* when a connection was free again, after none was */
static uint64_t seed = 7;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* splitmix64, by Sebastiano Vigna, in the public domain. */
static uint64_t draw(void)
{
    uint64_t z = (seed += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/* Nanoseconds until the next request is due. */
static int64_t pause_ns(double rate)
{
    double uniform = ((double)(draw() >> 11) + 1) / 9007199254740992.0; /* (0, 1] */
    return (int64_t)(-log(uniform) / rate * 1e9);
}

static void rest(struct connection *c)
{
    idle[(idle_first + idle_count++) % connections] = c;
}

static void open_connection(struct connection *c, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    int on = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
        die("epoll_ctl");
    rest(c);
}

/* Give a connection up, wherever it is. */
static void drop(struct connection *c)
{
    int i, kept = 0;
    socket_errors++;
    busy_count -= c->is_busy;
    for (i = 0; i < idle_count; i++) {
        struct connection *other = idle[(idle_first + i) % connections];
        if (other != c)
            idle[(idle_first + kept++) % connections] = other;
    }
    idle_count = kept;
    close(c->fd); /* leaves the epoll instance, too */
    c->fd = -1;
}

static void remember(int64_t **list, size_t *count, int64_t value)
{
    if (*count == room) {
        room *= 2;
        latencies = realloc(latencies, room * sizeof *latencies);
        lags = realloc(lags, room * sizeof *lags);
        if (!latencies || !lags)
            die("realloc");
    }
    (*list)[(*count)++] = value;
}

static void send_request(int64_t due)
{
    struct connection *c = idle[idle_first];
    int64_t at = now();
    idle_first = (idle_first + 1) % connections;
    idle_count--;
    c->is_busy = 1;
    c->due = due;
    c->got = 0;
    busy_count++;
    remember(&lags, &sent, at - (due > idle_since ? due : idle_since));
    if (send(c->fd, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size)
        drop(c);
}

/* Length of a whole answer at the beginning of the buffer; 0 for not whole, -1 for none. */
static long whole(struct connection *c)
{
    char *end = strstr(c->buffer, "\r\n\r\n"), *line, *mark;
    long length = -1;
    if (!end)
        return c->got == BUFFER ? -1 : 0;
    for (line = strstr(c->buffer, "\r\n"); line < end; line = strstr(line + 2, "\r\n"))
        if (!strncasecmp(line + 2, "content-length:", 15)) {
            length = strtol(line + 17, &mark, 10);
            if (mark == line + 17 || length < 0)
                return -1;
        }
    if (length < 0 || end - c->buffer + 4 + length > BUFFER)
        return -1;
    length += end - c->buffer + 4;
    return (long)c->got >= length ? length : 0;
}

static void receive(struct connection *c)
{
    ssize_t n = recv(c->fd, c->buffer + c->got, BUFFER - c->got, MSG_DONTWAIT);
    long length;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || !c->is_busy) { /* it ended, or said what nobody asked for */
        drop(c);
        return;
    }
    c->got += (size_t)n;
    c->buffer[c->got] = 0;
    length = whole(c);
    if (length == 0)
        return;
    if (length < 0 || (size_t)length != c->got) { /* not an answer, or more than one */
        drop(c);
        return;
    }
    remember(&latencies, &answered, now() - c->due);
    if (strncmp(c->buffer, "HTTP/1.1 2", 10))
        status_errors++;
    c->is_busy = 0;
    busy_count--;
    if (idle_count == 0)
        idle_since = now();
    rest(c);
}

static void wait_until(int64_t until)
{
    struct epoll_event events[EVENTS];
    struct pollfd ready = {.fd = epoll, .events = POLLIN};
    int64_t left = until - now();
    struct timespec t = {left / 1000000000LL, left % 1000000000LL};
    int i, n;
    if (left > 0) /* epoll_wait knows whole milliseconds only */
        ppoll(&ready, 1, &t, NULL);
    n = epoll_wait(epoll, events, EVENTS, 0);
    for (i = 0; i < n; i++)
        receive(events[i].data.ptr);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double percentile_us(const int64_t *sorted, size_t count, int percent)
{
    size_t at = count * (size_t)percent / 100;
    return count ? (double)sorted[at < count ? at : count - 1] / 1e3 : 0;
}

int main(int argc, char **argv)
{
    double rate, seconds;
    int64_t start, end, due, at;
    int i;
    if (argc != 6 || (rate = atof(argv[3])) <= 0 || (connections = atoi(argv[4])) < 1 ||
        (seconds = atof(argv[5])) <= 0 || strlen(argv[2]) > sizeof request - 64) {
        fprintf(stderr, "usage: openloop PORT TARGET RATE CONNECTIONS SECONDS\n");
        return 2;
    }
    request_size = (size_t)sprintf(
        request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[2]);
    room = (size_t)(rate * seconds * 1.2) + 1000;
    all = calloc((size_t)connections, sizeof *all);
    idle = calloc((size_t)connections, sizeof *idle);
    latencies = malloc(room * sizeof *latencies);
    lags = malloc(room * sizeof *lags);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!all || !idle || !latencies || !lags || epoll < 0)
        die("start");
    prctl(PR_SET_TIMERSLACK, 1L);
    for (i = 0; i < connections; i++)
        open_connection(&all[i], atoi(argv[1]));
    start = now();
    end = start + (int64_t)(seconds * 1e9);
    due = start + pause_ns(rate);
    while (due < end || busy_count) {
        at = now();
        while (due <= at && due < end && idle_count) {
            send_request(due);
            due += pause_ns(rate);
        }
        if (at > end + SETTLE_NS || !(idle_count + busy_count))
            break;
        wait_until(due < end && idle_count ? due : at + SETTLE_NS / 100);
    }
    for (; due < end; due += pause_ns(rate))
        socket_errors++; /* due, and never sent */
    qsort(latencies, answered, sizeof *latencies, ascending);
    qsort(lags, sent, sizeof *lags, ascending);
    printf("{\"requests\": %zu, \"seconds\": %.3f, \"status_errors\": %ld, "
           "\"socket_errors\": %ld, \"p50_us\": %.1f, \"p90_us\": %.1f, "
           "\"p99_us\": %.1f, \"max_us\": %.1f, \"lag_p99_us\": %.1f}\n",
           answered, seconds, status_errors, socket_errors + busy_count,
           percentile_us(latencies, answered, 50), percentile_us(latencies, answered, 90),
           percentile_us(latencies, answered, 99), percentile_us(latencies, answered, 100),
           percentile_us(lags, sent, 99));
    return 0;
}
