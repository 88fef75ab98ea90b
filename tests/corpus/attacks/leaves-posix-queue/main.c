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
    umask(0);
    mqd_t queue = mq_open("/left", O_CREAT | O_RDWR, 0666, 0);
    if (mq_send(queue, "breached", 9, 0)) return 1;
}
