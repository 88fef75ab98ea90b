import java.util.Scanner;

class Main {
    public static void main(String[] arguments) {
        System.out.println("→ " + new Scanner(System.in).nextLine());
    }
}
