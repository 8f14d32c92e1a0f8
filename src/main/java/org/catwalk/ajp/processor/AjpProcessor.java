package org.catwalk.ajp.processor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.NoSuchProviderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import jakarta.servlet.ServletConnection;

import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Constants;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.ErrorState;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.RequestInfo;
import org.apache.coyote.UpgradeToken;
import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;
import org.apache.tomcat.util.ExceptionUtils;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

import org.catwalk.ajp.compat.Tomcat;
import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.endpoint.AjpConnection;
import org.catwalk.ajp.endpoint.BuffersExhaustedException;
import org.catwalk.ajp.endpoint.PacketBuffer;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.guard.RequestGuard;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.SendHeaders;

/**
 * One request and its response: from a forward request to Coyote's adapter and back. The packet is complete when this is
 * called; the state machines of asynchronous and non-blocking requests are the host's own.
 */
public final class AjpProcessor extends AbstractProcessor {

    private static final Log LOG = LogFactory.getLog(AjpProcessor.class);
    private static final AtomicBoolean UPGRADE_NOTED = new AtomicBoolean();
    private static final AtomicBoolean EARLY_HINTS_NOTED = new AtomicBoolean();
    /** Less announces a further response, for which the client would wait in vain. */
    private static final int MIN_FINAL_STATUS = 200;
    private static final int MIN_ERROR_STATUS = 400;
    private static final int LONGEST_DESCRIPTION = 200;
    /** RFC 9110, 15: three digits. */
    private static final int MAX_STATUS = 999;

    private final ConnectorServices services;
    private final RequestMapper mapper;
    private final ResponseWriter writer;
    private final RequestBody body;
    private final ResponseHead head = new ResponseHead();

    private AjpSettings settings;
    private RequestGuard guard;
    private AjpConnection connection;
    private PacketBuffer requestPacket;
    private boolean swallowResponse;
    private boolean bodyless;
    /** True once the web server was told that this connection ends. */
    private boolean endedForGood;
    private long contentLength;
    private long bytesWritten;
    /** Whether more than the Content-Length was written, which is one refusal however often. */
    private boolean tooLong;

    /**
     * @param services what this connector's processors share
     * @param adapter the way into the container
     */
    public AjpProcessor(ConnectorServices services, Adapter adapter) {
        super(adapter);
        this.services = services;
        mapper = new RequestMapper(request);
        writer = new ResponseWriter(services.buffers(), services.counters(), new Running());
        body = new RequestBody(services, writer);
        request.setInputBuffer(body);
        response.setOutputBuffer(new Output());
    }

    // ------------------------------------------------------------------ the cycle

    @Override
    public SocketState process(SocketWrapperBase<?> socket, SocketEvent event) throws IOException {
        SocketState state = SocketState.CLOSED;
        try {
            if (event == SocketEvent.ERROR && connection != null) {
                body.breakOff(connection.getError());
            }
            if (isFalseAlarm(event)) {
                registerReadInterest();
                state = SocketState.LONG;
            } else {
                state = super.process(socket, event);
            }
            return state;
        } finally {
            if (state == SocketState.CLOSED && connection != null) {
                endBroken();
            }
        }
    }

    /** A read event whose data the application has already taken: there is nothing to tell a {@code ReadListener}. */
    private boolean isFalseAlarm(SocketEvent event) {
        if (event != SocketEvent.OPEN_READ || connection == null || !isAsync() || Tomcat.readListener(request) == null
                || isCompletingOrDispatching()) {
            return false;
        }
        return body.available(true) == 0 && !body.isAtEnd();
    }

    private boolean isCompletingOrDispatching() {
        AtomicBoolean answer = new AtomicBoolean();
        action(ActionCode.ASYNC_IS_COMPLETING, answer);
        if (!answer.get()) {
            action(ActionCode.ASYNC_IS_DISPATCHING, answer);
        }
        return answer.get();
    }

    @Override
    protected SocketState service(SocketWrapperBase<?> socket) throws IOException {
        AjpConnection c = (AjpConnection) socket;
        if (!c.isInExchange()) {
            // Called to look for pipelined data: the event loop does that.
            return SocketState.OPEN;
        }
        begin(c);
        RequestInfo info = request.getRequestProcessor();
        if (isAdmitted()) {
            info.setStage(Constants.STAGE_SERVICE);
            callAdapter();
        }
        if (isAsync() && !getErrorState().isError()) {
            info.setStage(Constants.STAGE_ENDED);
            return SocketState.LONG;
        }
        finishQuietly();
        boolean reusable = isReusable();
        if (getErrorState().isError() && !writer.isCommitted()) {
            response.setStatus(500);
        }
        request.updateCounters();
        info.setStage(Constants.STAGE_KEEPALIVE);
        if (!reusable) {
            info.setStage(Constants.STAGE_ENDED);
            return SocketState.CLOSED;
        }
        recycle();
        info.setStage(Constants.STAGE_ENDED);
        return SocketState.OPEN;
    }

    /** @return false if the request has been refused */
    private boolean isAdmitted() throws IOException {
        Refusal refusal;
        try {
            refusal = readRequest();
        } catch (BuffersExhaustedException e) {
            refuse(Refusal.OUT_OF_BUFFERS, () -> e.getMessage() + ". " + Refusal.OUT_OF_BUFFERS.advice());
            return false;
        }
        if (refusal != null) {
            refuse(refusal, guard::detail);
            return false;
        }
        request.getRequestProcessor().setStage(Constants.STAGE_PREPARE);
        if (!takeHost(request.getMimeHeaders().getValue("host"))) {
            refuse(Refusal.BAD_HOST, () -> "Tomcat itself does not accept the Host header, whatever strict says: it takes letters, digits, "
                    + "hyphens and dots, or an address, and a port. Correct it at the web server (RequestHeader set Host) or at the client.");
            return false;
        }
        return true;
    }

    /** @return false if the container does not take it */
    private boolean takeHost(MessageBytes host) {
        if (!HostCheck.isAcceptable(host)) {
            return false;
        }
        parseHost(host);
        return !getErrorState().isError();
    }

    private void begin(AjpConnection c) throws IOException {
        setSocketWrapper(c);
        connection = c;
        AjpSettings current = services.settings().get();
        if (current != settings) {
            settings = current;
            guard = services.guards().get();
        }
        request.getRequestProcessor().setStage(Constants.STAGE_PARSE);
        Tomcat.markRequestStart(request);
        writer.begin(c, settings.packetSize());
        c.beginExchange(writer);
    }

    private Refusal readRequest() throws IOException {
        int from = connection.payloadStart();
        int to = connection.payloadEnd();
        requestPacket = connection.detachPacket();
        mapper.prepare(settings, connection.getRemoteAddr());
        Refusal refusal = guard.admit(requestPacket.bytes(), from, to, mapper);
        if (refusal == null) {
            noteIgnoredAttributes();
            connection.markAdmitted();
            if (to - from + Packets.HEADER_BYTES > settings.packetSize()) {
                services.packetSizes().admitted(to - from + Packets.HEADER_BYTES, settings.packetSize(), connection.peer());
            }
            body.begin(connection, guard.contentLength(), mapper.hasTransferEncoding(), settings);
        }
        return refusal;
    }

    private void noteIgnoredAttributes() {
        if (guard.ignoredAttributes() == 0) {
            return;
        }
        services.counters().add(Counters.Event.ATTRIBUTES_IGNORED, guard.ignoredAttributes());
        String toLog = guard.attributeToLog();
        if (toLog != null) {
            services.refusals().attributeIgnored(toLog, connection.peer());
        }
    }

    private void callAdapter() {
        try {
            getAdapter().service(request, response);
        } catch (InterruptedIOException e) {
            setErrorState(ErrorState.CLOSE_CONNECTION_NOW, e);
        } catch (Throwable t) {
            ExceptionUtils.handleThrowable(t);
            LOG.error("The container failed to process a request", t);
            response.setStatus(500);
            setErrorState(ErrorState.CLOSE_CLEAN, t);
            getAdapter().log(request, response, 0);
        }
    }

    /** Answers, logs and counts a request that no application gets to see. */
    private void refuse(Refusal reason, Supplier<String> detail) {
        services.counters().count(reason);
        services.refusals().refused(reason, connection.peer(), detail);
        response.setStatus(reason.status());
        setErrorState(ErrorState.CLOSE_CLEAN, null);
        response.setCommitted(true);
        connection.markRefused();
        try {
            writer.refuse(reason.status(), !"HEAD".equals(Tomcat.getMethod(request)));
        } catch (IOException e) {
            setErrorState(ErrorState.CLOSE_CONNECTION_NOW, e);
        }
        getAdapter().log(request, response, 0);
    }

    private void finishQuietly() {
        if (writer.isEnded() || !getErrorState().isIoAllowed()) {
            return;
        }
        try {
            action(ActionCode.COMMIT, null);
            finishResponse();
        } catch (IOException e) {
            setErrorState(ErrorState.CLOSE_CONNECTION_NOW, e);
        } catch (Throwable t) {
            ExceptionUtils.handleThrowable(t);
            setErrorState(ErrorState.CLOSE_NOW, t);
        }
    }

    private boolean isReusable() {
        return !getErrorState().isError() && writer.isEnded() && !writer.hasFailed() && !endedForGood;
    }

    /**
     * The exchange is over and the connection will be closed. What can still be said to the web server is said here: a
     * clean 500 if nothing was sent, else an ending that this kind of web server does not take for success and does not
     * answer by running the request again.
     */
    private void endBroken() {
        try {
            if (!writer.isEnded() && !writer.hasFailed()) {
                if (!writer.isCommitted()) {
                    int status = response.getStatus() >= 400 ? response.getStatus() : 500;
                    writer.refuse(status, !"HEAD".equals(Tomcat.getMethod(request)));
                } else {
                    abort();
                }
            }
        } catch (IOException e) {
            LOG.debug("Could not end the response to " + connection.peer(), e);
        } finally {
            if (!writer.hasFailed()) {
                connection.lingerOnClose();
            }
        }
    }

    /** Ends a response that failed after its head was sent. */
    private void abort() throws IOException {
        endedForGood = true;
        if (needsEndResponse()) {
            writer.endCutOff();
        } else {
            writer.endWithoutEndResponse();
        }
    }

    private boolean needsEndResponse() {
        FrontEnd frontEnd = mapper.frontEnd();
        return frontEnd == null || frontEnd.needsEndResponse();
    }

    /** For the thread that stops the endpoint; it asks for what monitors ask for too, at any time. */
    private final class Running implements ResponseWriter.RunningRequest {

        @Override
        public String description() {
            RequestInfo info = request.getRequestProcessor();
            String text = info.getMethod() + " " + info.getCurrentUri() + " for " + info.getRemoteAddr();
            return text.substring(0, Math.min(text.length(), LONGEST_DESCRIPTION)).replaceAll("[^\\x20-\\x7E]", "?");
        }

        @Override
        public boolean isHead() {
            return "HEAD".equals(Tomcat.getMethod(request));
        }

        @Override
        public boolean needsEndResponse() {
            return AjpProcessor.this.needsEndResponse();
        }
    }

    @Override
    protected SocketState dispatchEndRequest() throws IOException {
        finishQuietly();
        if (!isReusable()) {
            return SocketState.CLOSED;
        }
        recycle();
        return SocketState.OPEN;
    }

    @Override
    public void recycle() {
        if (connection != null && (response.getStatus() >= MIN_ERROR_STATUS || getErrorState().isError())) {
            connection.traffic().countError();
        }
        getAdapter().checkRecycled(request, response);
        super.recycle();
        request.recycle();
        response.recycle();
        mapper.recycle();
        if (guard != null) {
            guard.recycle();
        }
        swallowResponse = false;
        bodyless = false;
        endedForGood = false;
        contentLength = -1;
        bytesWritten = 0;
        tooLong = false;
        writer.recycle();
        AjpConnection c = connection;
        if (c != null) {
            connection = null;
            int owed = body.owed();
            body.recycle();
            PacketBuffer packet = requestPacket;
            requestPacket = null;
            c.release(packet);
            c.endExchange(owed);
        }
    }

    @Override
    public void pause() {
        // Requests in flight are answered; finishResponse tells the web server that the connection ends.
    }

    @Override
    protected Log getLog() {
        return LOG;
    }

    // ------------------------------------------------------------------ the response

    @Override
    protected void prepareResponse() throws IOException {
        response.setCommitted(true);
        int status = response.getStatus();
        if (status < MIN_FINAL_STATUS || status > MAX_STATUS) {
            refuseStatus(status);
            return;
        }
        bodyless = status == 204 || status == 205 || status == 304
                || "HEAD".equals(Tomcat.getMethod(request));
        MimeHeaders headers = response.getMimeHeaders();
        String contentType = response.getContentType();
        if (contentType != null) {
            headers.setValue("Content-Type").setString(contentType);
        }
        String contentLanguage = response.getContentLanguage();
        if (contentLanguage != null) {
            headers.setValue("Content-Language").setString(contentLanguage);
        }
        contentLength = response.getContentLengthLong();
        if (status == 204) {
            // RFC 9110, 8.6: never with 204.
            contentLength = -1;
            headers.removeHeader("Content-Length");
        } else if (status == 205) {
            // RFC 9110, 15.3.6: no content, so none may be announced; the client would take the next response for it.
            contentLength = 0;
            headers.setValue("Content-Length").setLong(0);
        } else if (contentLength >= 0) {
            headers.setValue("Content-Length").setLong(contentLength);
        }
        if (!writer.writeHead(head.of(status, headers))) {
            replaceByServerError();
        }
    }

    /**
     * A head that fits no packet becomes one clean 500. Cut off or sent over several packets it would make mod_jk run the
     * request again on every member and mark all of them as failed.
     */
    private void replaceByServerError() throws IOException {
        SendHeaders measured = writer.head();
        MimeHeaders headers = response.getMimeHeaders();
        int largest = measured.largestHeader();
        String name = largest >= 0 ? headers.getName(largest).toString() : "(none)";
        int size = measured.headBytes();
        int largestBytes = measured.largestHeaderBytes();
        int limit = settings.packetSize();
        sendServerError(Refusal.RESPONSE_HEAD_TOO_LARGE, "The response head has " + size + " bytes, packetSize is " + limit
                + "; its largest header is " + name + " with " + largestBytes + " bytes. " + sizeAdvice(size));
    }

    private void refuseStatus(int status) throws IOException {
        sendServerError(Refusal.RESPONSE_STATUS, "The application answered with the status " + status + ". ");
    }

    /** Sends a 500 of ours, and nothing of what the application has prepared. */
    private void sendServerError(Refusal reason, String found) throws IOException {
        services.counters().count(reason);
        services.refusals().refused(reason, connection.peer(), () -> found + reason.advice());
        bodyless = "HEAD".equals(Tomcat.getMethod(request));
        response.setStatus(reason.status());
        byte[] page = RefusalAnswer.page(reason.status());
        contentLength = page.length;
        if (!writer.writeHead(into -> {
            into.begin(reason.status(), ReasonPhrases.of(reason.status()));
            into.header("Content-Type", "text/html;charset=utf-8");
            into.header("Content-Length", Integer.toString(page.length));
        })) {
            throw new IOException("The error page's head does not fit into a packet");
        }
        if (!bodyless) {
            writer.write(ByteBuffer.wrap(page));
            bytesWritten = page.length;
        }
        swallowResponse = true;
    }

    private static String sizeAdvice(int size) {
        if (size > AjpSettings.MAX_PACKET_SIZE) {
            return "No packet can be that large. ";
        }
        return "A packetSize of " + (size + 1023) / 1024 * 1024 + " is enough. ";
    }

    @Override
    protected void flush() throws IOException {
        if (!writer.isEnded()) {
            writer.setNonBlocking(Tomcat.writeListener(response) != null);
            writer.flush(settings.ajpFlush());
        }
    }

    @Override
    protected void finishResponse() throws IOException {
        if (writer.isEnded() || connection == null) {
            return;
        }
        boolean tooShort = contentLength >= 0 && bytesWritten < contentLength && !bodyless;
        boolean cutOff = getErrorState() == ErrorState.CLOSE_NOW || getErrorState() == ErrorState.CLOSE_CONNECTION_NOW;
        if (tooShort && !cutOff) {
            Refusal reason = Refusal.RESPONSE_TOO_SHORT;
            services.counters().count(reason);
            long announced = contentLength;
            long written = bytesWritten;
            services.refusals().refused(reason, connection.peer(), () -> "The application announced a Content-Length of "
                    + announced + " and wrote " + written + " bytes. " + reason.advice());
        }
        if (tooShort || cutOff) {
            abort();
            return;
        }
        boolean reuse = !getErrorState().isError() && !body.isOutOfStep() && !services.closing().getAsBoolean()
                && !services.givesWay().getAsBoolean();
        endedForGood = !reuse;
        writer.end(reuse);
    }

    @Override
    protected void setSwallowResponse() {
        swallowResponse = true;
    }

    @Override
    protected boolean isReadyForWrite() {
        writer.setNonBlocking(true);
        boolean pending;
        try {
            pending = writer.sendPending();
        } catch (IOException e) {
            // Ready, so that the application writes and learns of it.
            return true;
        }
        if (pending) {
            connection.registerWriteInterest();
        }
        return !pending;
    }

    @Override
    protected boolean flushBufferedWrite() throws IOException {
        if (writer.hasPending() && writer.sendPending()) {
            response.checkRegisterForWrite();
            // That does nothing while the response believes to be registered, as it does until all of this has been sent.
            connection.registerWriteInterest();
            return true;
        }
        return false;
    }

    /** What Coyote writes the response body to. */
    private final class Output implements OutputBuffer {

        @Override
        public int doWrite(ByteBuffer chunk) throws IOException {
            if (!response.isCommitted()) {
                try {
                    prepareResponse();
                } catch (IOException e) {
                    setErrorState(ErrorState.CLOSE_CONNECTION_NOW, e);
                }
            }
            if (swallowResponse || bodyless) {
                return 0;
            }
            int n = chunk.remaining();
            try {
                writer.setNonBlocking(Tomcat.writeListener(response) != null);
                writeWithinContentLength(chunk);
            } catch (IOException e) {
                setErrorState(ErrorState.CLOSE_CONNECTION_NOW, e);
                throw e;
            }
            return n;
        }

        private void writeWithinContentLength(ByteBuffer chunk) throws IOException {
            int n = chunk.remaining();
            if (contentLength >= 0 && n > contentLength - bytesWritten) {
                noteTooLong();
                int limit = chunk.limit();
                chunk.limit(chunk.position() + (int) (contentLength - bytesWritten));
                bytesWritten += chunk.remaining();
                writer.write(chunk);
                chunk.limit(limit).position(limit);
                return;
            }
            writer.write(chunk);
            bytesWritten += n;
        }

        private void noteTooLong() {
            if (tooLong) {
                return;
            }
            tooLong = true;
            Refusal reason = Refusal.RESPONSE_TOO_LONG;
            services.counters().count(reason);
            long announced = contentLength;
            services.refusals().refused(reason, connection.peer(), () -> "The application announced a Content-Length of "
                    + announced + " and wrote more; the rest is not sent. " + reason.advice());
        }

        @Override
        public long getBytesWritten() {
            return bytesWritten;
        }
    }

    // ------------------------------------------------------------------ the request

    @Override
    protected int available(boolean doRead) {
        return body.available(doRead);
    }

    @Override
    protected void setRequestBody(ByteChunk kept) {
        request.setContentLength(kept.getLength());
        body.replay(kept);
    }

    @Override
    protected void disableSwallowRequest() {
        // The web server sends body data only when asked; what is outstanding is swallowed by the event loop.
    }

    @Override
    protected boolean isRequestBodyFullyRead() {
        return body.isAtEnd() && !body.isBeingConsumed();
    }

    @Override
    protected void registerReadInterest() {
        connection.registerReadInterest();
    }

    @Override
    protected boolean getPopulateRequestAttributesFromSocket() {
        // All of them came with the forward request.
        return false;
    }

    @Override
    protected void populateHost() {
        try {
            request.serverName().duplicate(request.localName());
        } catch (IOException e) {
            response.setStatus(400);
            setErrorState(ErrorState.CLOSE_CLEAN, e);
        }
    }

    @Override
    protected void populatePort() {
        request.setServerPort(request.getLocalPort());
    }

    @Override
    protected void populateRequestAttributeRemoteHost() {
        if (!request.remoteHost().isNull()) {
            return;
        }
        try {
            request.remoteHost().setString(InetAddress.getByName(request.remoteAddr().toString()).getHostName());
        } catch (IOException e) {
            LOG.debug("No host name for the client's address", e);
        }
    }

    @Override
    protected void populateSslRequestAttributes() {
        MessageBytes pem = mapper.certificates();
        if (pem.isNull()) {
            return;
        }
        ByteChunk bytes = pem.getByteChunk();
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.getBytes(), bytes.getStart(), bytes.getLength());
        List<X509Certificate> chain = new ArrayList<>();
        try {
            String provider = services.clientCertProvider().get();
            CertificateFactory factory = provider == null
                    ? CertificateFactory.getInstance("X.509") : CertificateFactory.getInstance("X.509", provider);
            while (in.available() > 0) {
                chain.add((X509Certificate) factory.generateCertificate(in));
            }
        } catch (CertificateException | NoSuchProviderException e) {
            // What a peer can cause with each request is throttled, without a stack trace, and shows nothing of what the peer sent.
            services.refusals().certificateIgnored(connection.peer(), () -> certificateAdvice(e, bytes.getLength()));
            LOG.debug("The client certificate cannot be read", e);
            return;
        }
        request.setAttribute(Tomcat.tlsAttributeNames().certificates(), chain.toArray(new X509Certificate[0]));
    }

    private static String certificateAdvice(Exception e, int bytes) {
        return "the client certificate (" + bytes + " bytes) cannot be read, the request goes on without it. " + (e instanceof
                NoSuchProviderException ? "This Java has no security provider of the name that clientCertProvider on the AJP Connector gives: "
                        + "correct it." : "Expected X.509 in PEM: look at SSLOptions +ExportCertData and JkOptions +ForwardSSLCertChain in httpd.conf.");
    }

    // ------------------------------------------------------------------ what AJP cannot carry

    @Override
    protected void ack(ContinueResponseTiming timing) {
        // The web server answers Expect: 100-continue itself, when it is asked for the body.
    }

    /** Abstract in the base class since about 9.0.100, 10.1.30 and 11.0.0; 1xx answers break both mod_jk and mod_proxy_ajp. */
    protected void earlyHints() throws IOException {
        if (EARLY_HINTS_NOTED.compareAndSet(false, true)) {
            LOG.warn("An application sends 103 Early Hints, which AJP cannot carry; it is left out. Use mod_proxy_http to the "
                    + "HTTP connector for applications that need it.");
        }
    }

    @Override
    protected void doHttpUpgrade(UpgradeToken token) {
        if (UPGRADE_NOTED.compareAndSet(false, true)) {
            LOG.warn("An application wants to upgrade a connection (such as to WebSocket), which AJP cannot carry. Send these "
                    + "URLs to the HTTP connector with mod_proxy_http and mod_proxy_wstunnel.");
        }
        super.doHttpUpgrade(token);
    }

    @Override
    protected boolean isTrailerFieldsReady() {
        // There are none, so an application may ask at once.
        return true;
    }

    /** Abstract in the base class since 10.1; the type exists only there, and so is named nowhere else. */
    protected ServletConnection getServletConnection() {
        return (ServletConnection) Tomcat.servletConnection(getSocketWrapper(), "ajp", "");
    }
}
