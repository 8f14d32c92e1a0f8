package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class TcpTableTest {

    /** Recorded on Linux 6.18: a Java socket that listens on 127.0.0.1 with two connections that nobody accepted. */
    private static final String RECORDED = """
              sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid
               0: 0000000000000000FFFF00000100007F:A891 00000000000000000000000000000000:0000 0A 00000000:00000002 00:00000000 00000000     0
               1: 0000000000000000FFFF00000100007F:D8B2 0000000000000000FFFF00000100007F:A891 01 00000000:00000000 00:00000000 00000000     0
               3: 0000000000000000FFFF00000100007F:A891 0000000000000000FFFF00000100007F:D8BC 01 00000000:00000000 00:00000000 00000000     0
               4: 0000000000000000FFFF00000100007F:A891 0000000000000000FFFF00000100007F:D8B2 01 00000000:00000000 00:00000000 00000000     0
            """;

    @Test
    void readsListenersAndTheirQueues() throws Exception {
        TcpTable table = TcpTable.parse(RECORDED);
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        assertThat(table.listeningAt(0xA891)).containsExactly(loopback);
        assertThat(table.queuedAt(loopback, 0xA891)).isEqualTo(2);
        assertThat(table.queuedAt(InetAddress.getByName("127.0.0.2"), 0xA891)).isZero();
        assertThat(table.connectionsAt(0xA891)).isEqualTo(2);
    }

    @Test
    void seesAConnectionThatNobodyAcceptsOnThisMachine() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
                Socket waiting = new Socket()) {
            waiting.connect(new InetSocketAddress("127.0.0.1", listening.getLocalPort()), 2000);
            TcpTable table = TcpTable.read(Host.local());
            assertThat(table.listeningAt(listening.getLocalPort())).hasSize(1);
            assertThat(table.queuedAt(listening.getInetAddress(), listening.getLocalPort())).isEqualTo(1);
            listening.accept().close();
            assertThat(TcpTable.read(Host.local()).queuedAt(listening.getInetAddress(), listening.getLocalPort())).isZero();
        }
    }
}
