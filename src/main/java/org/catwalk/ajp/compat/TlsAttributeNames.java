package org.catwalk.ajp.compat;

import java.util.List;

/**
 * The request attribute names under which this host keeps what is known of the client's TLS connection.
 *
 * @param cipherSuite  name of the {@code String} cipher suite
 * @param keySize      name of the {@code Integer} key size, in bits
 * @param certificates name of the {@code X509Certificate[]} chain, the client's own certificate first
 * @param sessionId    name of the {@code String} session id, in hex
 * @param protocol     every name under which the {@code String} protocol version (such as "TLSv1.3") is expected; never empty
 */
public record TlsAttributeNames(String cipherSuite, String keySize, String certificates, String sessionId, List<String> protocol) {

    /** Copies the list, so that the record is immutable. */
    public TlsAttributeNames {
        protocol = List.copyOf(protocol);
    }
}
