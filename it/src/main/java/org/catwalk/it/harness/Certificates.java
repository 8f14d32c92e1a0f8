package org.catwalk.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A private certificate authority for one test run: a root, a server certificate for localhost and 127.0.0.1 signed by it, and
 * a client certificate signed by an intermediate authority, so that chains have something to carry. Made with the JDK's keytool.
 */
public final class Certificates {

    /** Common name of the client certificate. */
    public static final String CLIENT_NAME = "integration-client";
    /** Common name of the authority that issued the client certificate. */
    public static final String INTERMEDIATE_NAME = "catwalk-it-intermediate";

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path directory;
    private final KeyStore keys;

    private Certificates(Path directory, KeyStore keys) {
        this.directory = directory;
        this.keys = keys;
    }

    /** Makes everything anew in {@code directory}. */
    static Certificates createIn(Path directory) {
        ItDirectory.create(directory);
        Path store = directory.resolve("keys.p12");
        generate(store, "root", "catwalk-it-root", List.of("-ext", "bc:c"));
        generate(store, "intermediate", INTERMEDIATE_NAME, List.of("-ext", "bc:c", "-signer", "root"));
        generate(store, "server", "localhost", List.of("-ext", "san=dns:localhost,ip:127.0.0.1", "-signer", "root"));
        generate(store, "client", CLIENT_NAME, List.of("-signer", "intermediate"));
        Certificates certificates = new Certificates(directory, load(store));
        certificates.writePem();
        return certificates;
    }

    private static void generate(Path store, String alias, String commonName, List<String> more) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", alias, "-dname", "CN=" + commonName, "-keyalg", "EC", "-groupname", "secp256r1",
                "-validity", "30", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", new String(PASSWORD)));
        command.addAll(more);
        Path output = store.resolveSibling("keytool.log");
        try (ChildProcess keytool = ChildProcess.start("keytool", store.getParent(), output, Map.of(), command)) {
            if (!keytool.hasEndedWithin(Duration.ofSeconds(30)) || !Files.exists(store)) {
                throw new IllegalStateException("keytool did not make the certificate " + alias + ":\n" + keytool.output().text());
            }
        }
    }

    private static KeyStore load(Path store) {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            return keys;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writePem() {
        try {
            StringBuilder key = new StringBuilder();
            pem(key, "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
            ItDirectory.write(serverKey(), key.toString());
            ItDirectory.write(serverCertificate(), pemCertificates("server"));
            ItDirectory.write(authorities(), pemCertificates("root"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String pemCertificates(String alias) throws GeneralSecurityException {
        StringBuilder text = new StringBuilder();
        for (Certificate certificate : keys.getCertificateChain(alias)) {
            pem(text, "CERTIFICATE", certificate.getEncoded());
        }
        return text.toString();
    }

    private static void pem(StringBuilder text, String type, byte[] der) {
        text.append("-----BEGIN ").append(type).append("-----\n")
                .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der))
                .append("\n-----END ").append(type).append("-----\n");
    }

    Path serverKey() {
        return directory.resolve("server.key");
    }

    Path serverCertificate() {
        return directory.resolve("server.pem");
    }

    /** What httpd trusts when it verifies clients. */
    Path authorities() {
        return directory.resolve("root.pem");
    }

    /** A client that trusts the server and shows the client certificate with its intermediate. */
    public SSLContext clientWithCertificate() {
        return context(true);
    }

    /** A client that trusts the server and shows nothing. */
    public SSLContext clientWithoutCertificate() {
        return context(false);
    }

    private SSLContext context(boolean withCertificate) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("root", keys.getCertificate("root"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(clientKeys(), PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(withCertificate ? own.getKeyManagers() : null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KeyStore clientKeys() throws GeneralSecurityException, IOException {
        KeyStore only = KeyStore.getInstance("PKCS12");
        only.load(null, null);
        only.setKeyEntry("client", keys.getKey("client", PASSWORD), PASSWORD, keys.getCertificateChain("client"));
        return only;
    }
}
