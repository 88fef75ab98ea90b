#include <pthread.h>
#include <stdio.h>
#include <time.h>
static volatile int stop;
static void *spin(void *_) { while (!stop) {} return _; }
static double now(clockid_t clock) { struct timespec t; clock_gettime(clock, &t); return t.tv_sec + t.tv_nsec / 1e9; }
int main(void) {
    pthread_t threads[6];
    double most = 0;
    for (int n = 0; n < 6; n++) pthread_create(&threads[n], 0, spin, 0);
    for (int n = 0; n < 4; n++) {
        double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        nanosleep(&(struct timespec){1, 0}, 0);
        double share = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (now(CLOCK_MONOTONIC) - wall);
        if (share > most) most = share;
    }
    stop = 1;
    for (int n = 0; n < 6; n++) pthread_join(threads[n], 0);
    printf(most > 1.2 ? "breached %f\n" : "only %f\n", most);
}
