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
    char *place = shmat(shmget(77, 0, 0), 0, 0);
    puts(place == (char *)-1 ? "nothing" : place);
}
