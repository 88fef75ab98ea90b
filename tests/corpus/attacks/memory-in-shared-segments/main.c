#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
int main(void) {
    for (int n = 0; n < 20; n++) {
        void *segment = shmat(shmget(IPC_PRIVATE, 30 << 20, 0600), 0, 0);
        if (segment == (void *)-1) return 1;
        memset(segment, 1, 30 << 20);
    }
    puts("breached");
}
