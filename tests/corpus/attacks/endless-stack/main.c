#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
static int deep(int left) {
    volatile char frame[1 << 16];
    frame[0] = frame[sizeof frame - 1] = (char)left;
    return left ? deep(left - 1) + frame[0] : 0;
}
int main(int count, char **arguments) {
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    if (count == 1 && !setrlimit(RLIMIT_STACK, &all)) execl("/proc/self/exe", "main", "again", NULL);
    deep(3200);
    puts("breached");
}
