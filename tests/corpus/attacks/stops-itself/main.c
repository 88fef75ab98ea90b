#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    pid_t me = getpid();
    if (fork() == 0) { setsid(); sleep(3); kill(me, SIGCONT); _exit(0); }
    raise(SIGSTOP);
    puts("breached");
}
