#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>
int main(void) {
    for (int n = 0; n < 28; n++, usleep(100000)) {
        int watch = inotify_init();
        if (watch < 0) { puts("breached"); break; }
        close(watch);
    }
}
