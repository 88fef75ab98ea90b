#include <signal.h>
#include <unistd.h>
int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            for (volatile int j = 0;; j = j + 1) {}
    sleep(3600);
}
