package org.catwalk.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** A well-behaved HTTP/1.1 client. For everything else there is {@link RawConnection}. */
public final class Client {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient http;

    private Client(HttpClient http) {
        this.http = http;
    }

    public static Client plain() {
        return new Client(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build());
    }

    public static Client tls(SSLContext context) {
        return new Client(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).sslContext(context)
                .build());
    }

    /** A request to complete and hand to {@link #send}. */
    public static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(LIMIT);
    }

    /** An id that the application's records can be asked for. */
    public static String newRequestId() {
        return UUID.randomUUID().toString();
    }

    public Reply get(URI uri) {
        return send(request(uri));
    }

    public Reply send(HttpRequest.Builder request) {
        HttpResponse<byte[]> response = exchange(request, BodyHandlers.ofByteArray());
        Map<String, List<String>> headers = new TreeMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
        return new Reply(response.statusCode(), null, headers, response.body(), false);
    }

    /** For bodies that do not belong in memory; the caller reads the stream to its end. */
    public HttpResponse<InputStream> stream(HttpRequest.Builder request) {
        return exchange(request, BodyHandlers.ofInputStream());
    }

    private <T> HttpResponse<T> exchange(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(request.build().toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + request.build(), e);
        }
    }

    /** A body with a Content-Length that does not have to be in memory. */
    public static BodyPublisher sized(long length, Supplier<InputStream> body) {
        return length == 0 ? BodyPublishers.noBody() : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(body), length);
    }

    /** A body in chunked coding. */
    public static BodyPublisher chunked(Supplier<InputStream> body) {
        return BodyPublishers.ofInputStream(body);
    }
}
