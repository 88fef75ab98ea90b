#define _DEFAULT_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void) {
    int ready[2];
    char one;
    if (pipe(ready)) return 1;
    if (fork() == 0) {
        setsid();
        signal(SIGTERM, SIG_IGN);
        explicit_bzero(malloc(230 << 20), 230 << 20);  // unlike memset, never left out by the compiler
        if (write(ready[1], "x", 1)) pause();
    }
    return read(ready[0], &one, 1) != 1;
}
