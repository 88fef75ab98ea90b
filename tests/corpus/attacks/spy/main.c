#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
static void spy(int out) {
    char path[64], seen[256];
    for (;;)
        for (int pid = 2; pid < 400; pid++) {
            sprintf(path, "/proc/%d/cmdline", pid);
            int file = open(path, O_RDONLY);
            if (file < 0) continue;
            ssize_t size = read(file, seen, sizeof seen);
            close(file);
            if (size > 0 && memmem(seen, size, "a-secret", 8)) {
                int visitor = accept(out, 0, 0);
                if (write(visitor, "breached", 8)) {}
                close(visitor);
            }
        }
}
int main(void) {
    struct sockaddr_un address = {AF_UNIX, "\0spy"};
    int out = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(out, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 4);
    listen(out, 9);
    for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
    if (fork() == 0) { setsid(); spy(out); }
}
