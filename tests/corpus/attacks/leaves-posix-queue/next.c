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
    static char text[8192] = "nothing";
    if (mq_receive(mq_open("/left", O_RDONLY), text, sizeof text, 0)) {}
    puts(text);
}
