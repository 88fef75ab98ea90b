#include <stdio.h>
#include <sys/shm.h>
#include <unistd.h>
int main(void) {
    for (int n = 0; n < 40; n++, usleep(100000)) {
        char *place = shmat(shmget(0x10E1ACE, 0, 0), 0, 0);
        if (place != (char *)-1) { puts(place); break; }
    }
}
