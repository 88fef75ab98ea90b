#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (kill(1, SIGINT)) perror("refused"); else sleep(3);
}
