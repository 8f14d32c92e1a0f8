package org.catwalk.ajp.tool.client;

/** Sees every packet of a connection in the order in which they are sent and received. */
@FunctionalInterface
public interface PacketListener {

    /** Looks away. */
    PacketListener NONE = (sender, packet) -> { };

    /**
     * @param sender who sent it
     * @param packet outer header included; may hold a secret; not to be changed
     */
    void packet(Sender sender, byte[] packet);
}
