package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.catwalk.it.harness.Reply;

/** What a stranger gets to see of a refusal. */
final class RefusalPages {

    private RefusalPages() {
    }

    /** httpd puts its own name into Server; everything else comes from us. */
    static void assertNamesNoProduct(Reply reply) {
        assertThat(reply.text().toLowerCase(Locale.ROOT)).doesNotContain("tomcat", "catwalk", "ajp", "java", "apache");
        reply.headers().forEach((name, values) -> {
            if (!name.equals("server")) {
                assertThat(values.toString().toLowerCase(Locale.ROOT)).as(name).doesNotContain("tomcat", "catwalk", "ajp", "java");
            }
        });
    }
}
