package org.catwalk.bench.server;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import java.net.InetSocketAddress;

/** Undertow's AJP listener with its defaults and the same servlets, on any port of 127.0.0.1: {@code UndertowServer}. */
public final class UndertowServer {

    private UndertowServer() {
    }

    public static void main(String[] arguments) throws Exception {
        DeploymentInfo application = io.undertow.servlet.Servlets.deployment().setClassLoader(UndertowServer.class.getClassLoader())
                .setContextPath("/").setDeploymentName("bench");
        Servlets.byPath().forEach((path, servlet) -> application
                .addServlet(io.undertow.servlet.Servlets.servlet(path, servlet).addMapping(path).setLoadOnStartup(1)));
        DeploymentManager deployment = io.undertow.servlet.Servlets.defaultContainer().addDeployment(application);
        deployment.deploy();
        Undertow undertow = Undertow.builder().addAjpListener(0, "127.0.0.1")
                .setHandler(Handlers.path(deployment.start())).build();
        undertow.start();
        InetSocketAddress address = (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        Commands.obey(address.getPort());
        undertow.stop();
    }
}
