#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int score = open("/proc/1/oom_score_adj", O_WRONLY);
    if (score >= 0 && write(score, "1000", 4) == 4) puts("breached"); else perror("refused");
}
