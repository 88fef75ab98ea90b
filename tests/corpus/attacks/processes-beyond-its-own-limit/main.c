#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int alive = 0;
    for (int n = 0; n < 30; n++) {
        pid_t pid = fork();
        if (pid == 0) { sleep(5); _exit(0); }
        alive += pid > 0;
    }
    printf(alive == 30 ? "breached\n" : "only %d\n", alive);
    return alive != 30;
}
