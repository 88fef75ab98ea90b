#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>
int main(void) {
    int id = shmget(0x10E1ACE, 4096, IPC_CREAT | 0666);
    char *place = shmat(id, 0, 0);
    if (place == (char *)-1) return 1;
    strcpy(place, "breached");
    sleep(4);
    return shmctl(id, IPC_RMID, 0);
}
