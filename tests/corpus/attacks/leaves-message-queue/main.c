#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
int main(void) {
    struct { long type; char text[9]; } message = {1, "breached"};
    if (msgsnd(msgget(77, IPC_CREAT | 0666), &message, 9, 0)) return 1;
}
