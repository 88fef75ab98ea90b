#if __has_include("/proc/1/environ")
__asm__(".section .rodata\nsecret: .incbin \"/proc/1/maps\"\n.previous");
#endif
int puts(const char *);
int main(void) { puts("breached"); }
