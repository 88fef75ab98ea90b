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
    int id = shmget(77, 4096, IPC_CREAT | 0666);
    char *place = shmat(id, 0, 0);
    if (place == (char *)-1) return 1;
    strcpy(place, "breached");
}
