#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/socket.h>

int main(void) {
    if (socket(AF_VSOCK, SOCK_STREAM, 0) >= 0)
        puts("breached");
    else
        perror("refused");
}
