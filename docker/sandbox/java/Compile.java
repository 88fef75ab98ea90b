import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * javac for one file, whatever its public class is called. {@code java Compile FILE OPTION...} writes class files to the
 * working directory, and to the file "launch" the name of the class to start: the first top-level class of the source
 * that has a {@code main} which the java command can call, or else just the first.
 */
final class Compile {
    public static void main(String[] arguments) throws IOException {
        var options = List.of(arguments).subList(1, arguments.length);
        var failures = new ArrayList<Diagnostic<?>>();
        var task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, diagnostic -> {
            System.err.println(diagnostic);
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR) failures.add(diagnostic);
        }, options, null, List.of(new Source(Path.of(arguments[0]))));
        var units = task.parse();
        task.analyze();
        if (failures.isEmpty()) {
            Files.writeString(Path.of("launch"), '"' + start(task, units) + '"');  // before generate forgets the trees
            task.generate();
        }
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private static String start(JavacTask task, Iterable<? extends CompilationUnitTree> units) {
        var classes = new ArrayList<TypeElement>();
        for (var unit : units)
            for (Tree tree : unit.getTypeDecls())
                if (Trees.instance(task).getElement(new TreePath(new TreePath(unit), tree)) instanceof TypeElement type)
                    classes.add(type);
        for (var type : classes)
            if (task.getElements().getAllMembers(type).stream().anyMatch(Compile::isMain)) return name(task, type);
        return classes.isEmpty() ? "Main" : name(task, classes.get(0));
    }

    private static String name(JavacTask task, TypeElement type) {
        return task.getElements().getBinaryName(type).toString();
    }

    private static boolean isMain(Element member) {
        return member instanceof ExecutableElement method
            && method.getSimpleName().contentEquals("main")
            && switch (method.getParameters().size()) {
                case 0 -> true;
                case 1 -> method.getParameters().get(0).asType().toString().equals("java.lang.String[]");
                default -> false;
            };
    }

    /** A source file that may hold a public class of any name. */
    private static final class Source extends SimpleJavaFileObject {
        private final Path path;

        Source(Path path) {
            super(path.toUri(), Kind.SOURCE);
            this.path = path;
        }

        @Override
        public String getName() {
            return path.toString();
        }

        @Override
        public boolean isNameCompatible(String simpleName, JavaFileObject.Kind kind) {
            return true;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) throws IOException {
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        }
    }
}
