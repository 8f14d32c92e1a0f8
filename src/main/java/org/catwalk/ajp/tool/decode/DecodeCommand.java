package org.catwalk.ajp.tool.decode;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.catwalk.ajp.tool.console.ExitCode;
import org.catwalk.ajp.tool.console.ProgressInput;
import org.catwalk.ajp.tool.console.ToolException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints captured bytes as AJP messages. */
@Command(name = "decode",
        description = {
            "Prints AJP messages readably: from a capture of tcpdump or Wireshark (pcap, pcapng), from raw bytes, or from hexadecimal text. "
                    + "Which it is, is found out. An arrow -> is from web server to container.",
            "Secrets and the credentials of Authorization are masked; bodies and cookies may still be confidential."},
        footerHeading = "%nExit codes: 0 all of it is AJP, 1 some of it is not, 2 the input cannot be read.%n%nExamples:%n",
        footer = {
            "  catwalk-ajp decode ajp.pcap",
            "  tcpdump -i lo -s 0 -U -w - port 8009 | catwalk-ajp decode -",
            "  echo '12 34 00 01 0a' | catwalk-ajp decode -"})
public final class DecodeCommand implements Callable<Integer> {

    /** Other input than a capture is read whole. */
    private static final int MAX_BYTES = 64 << 20;

    @Parameters(paramLabel = "FILE", description = "What to decode; - is standard input.")
    private Path file;

    @Option(names = {"-b", "--bodies"}, description = "Show the data of bodies, too.")
    private boolean showsBodies;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, ToolException {
        boolean isStandardInput = file.toString().equals("-");
        try (InputStream in = new BufferedInputStream(isStandardInput ? System.in : ProgressInput.open(file, spec.commandLine().getErr()))) {
            return decode(in) ? ExitCode.OK : ExitCode.NOT_GOOD;
        } finally {
            spec.commandLine().getOut().flush();
        }
    }

    private boolean decode(InputStream in) throws IOException, ToolException {
        in.mark(8);
        byte[] start = in.readNBytes(4);
        in.reset();
        if (start.length == 0) {
            throw unusable("it is empty");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (CaptureFile.isCapture(start)) {
            return decodeCapture(in, out);
        }
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw unusable("it is no capture and larger than 64 MiB");
        }
        return decodePackets(HexText.isText(bytes) ? fromHex(bytes) : bytes, out);
    }

    private boolean decodeCapture(InputStream in, PrintWriter out) throws IOException, ToolException {
        try {
            return new CaptureDecoder(out, showsBodies).decode(new CaptureFile(in));
        } catch (IOException e) {
            out.flush();
            throw unusable(e.getMessage());
        }
    }

    private byte[] fromHex(byte[] text) throws ToolException {
        try {
            return HexText.decode(new String(text, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw unusable("it is neither a capture nor raw AJP nor hexadecimal text: " + e.getMessage());
        }
    }

    private boolean decodePackets(byte[] bytes, PrintWriter out) throws ToolException {
        if (PacketStream.senderAt(bytes, 0) == null) {
            throw unusable("it does not begin with an AJP packet, 0x1234 or 0x4142 and a length, nor is it a capture");
        }
        Conversation conversation = new Conversation(showsBodies);
        PacketStream packets = new PacketStream((sender, packet) -> out.println(conversation.describe(sender, packet)));
        boolean isInStep = packets.add(bytes);
        if (!isInStep) {
            out.println("MALFORMED: a packet ought to begin at byte " + packets.offset() + " and does not: " + packets.found());
        } else if (packets.pending() > 0) {
            out.println("MALFORMED: the last packet, at byte " + packets.offset() + ", is not whole: " + packets.pending() + " bytes of it are there");
        }
        return isInStep && packets.pending() == 0 && !conversation.sawMalformed();
    }

    private ToolException unusable(String why) {
        return new ToolException(ExitCode.USAGE, "Cannot decode " + (file.toString().equals("-") ? "standard input" : file) + ": " + why);
    }
}
