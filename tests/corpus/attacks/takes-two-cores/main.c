#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
static volatile int stop;
static void *spin(void *_) { while (!stop) {} return _; }
int main(void) {
    pthread_t threads[4];
    for (int n = 0; n < 4; n++) pthread_create(&threads[n], 0, spin, 0);
    struct timespec second = {2, 0};
    nanosleep(&second, 0);
    stop = 1;
    for (int n = 0; n < 4; n++) pthread_join(threads[n], 0);
    double used = (double)clock() / CLOCKS_PER_SEC;
    printf(used > 2.35 ? "breached %f\n" : "only %f\n", used);
}
