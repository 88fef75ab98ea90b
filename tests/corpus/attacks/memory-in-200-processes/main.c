#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    int ready[2], failed = 0;
    if (pipe(ready)) return 1;
    for (int n = 0; n < 200; n++)
        if (fork() == 0) {
            int score = open("/proc/self/oom_score_adj", O_WRONLY);
            if (write(score, "0", 1) < 0) _exit(1);
            explicit_bzero(malloc(3 << 20), 3 << 20);  // unlike memset, never left out by the compiler
            if (write(ready[1], "x", 1) < 0) _exit(1);
            sleep(4);
            _exit(0);
        }
    close(ready[1]);
    char one;
    for (int n = 0; n < 200; n++) failed += read(ready[0], &one, 1) != 1;
    puts(failed ? "not all" : "breached");
    return failed != 0;
}
