package org.catwalk.ajp.processor;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request packet above packetSize is welcome; but the two sides are meant to agree, since responses keep to packetSize. Said once, and of
 * web servers only: a stranger must not be able to use the line up.
 */
public final class PacketSizeComparison {

    private static final Logger LOG = LoggerFactory.getLogger(PacketSizeComparison.class);

    private final AtomicBoolean differenceNoted = new AtomicBoolean();

    /**
     * @param bytes of a request that was admitted, its packet's header included
     * @param peer who sent it
     */
    void admitted(int bytes, int packetSize, String peer) {
        if (bytes > packetSize && differenceNoted.compareAndSet(false, true)) {
            LOG.warn("The web server at {} sends packets of {} bytes, packetSize of the AJP Connector is {}. The packets are accepted; responses "
                    + "keep to {}. Set packetSize to max_packet_size of workers.properties or ProxyIOBufferSize of httpd.conf, or these to {}.",
                    peer, bytes, packetSize, packetSize, packetSize);
        }
    }
}
