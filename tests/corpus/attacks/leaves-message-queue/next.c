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
    struct { long type; char text[9]; } message = {1, "nothing"};
    if (msgrcv(msgget(77, 0), &message, 9, 0, IPC_NOWAIT)) {}
    puts(message.text);
}
