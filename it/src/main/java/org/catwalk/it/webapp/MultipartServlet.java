package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.InputStream;
import javax.servlet.ServletException;
import javax.servlet.annotation.MultipartConfig;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.Part;

/** Tells name, file name and checksum of each part. */
@WebServlet("/multipart")
@MultipartConfig(fileSizeThreshold = 64 * 1024)
public class MultipartServlet extends HttpServlet {

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        Answer answer = new Answer();
        for (Part part : request.getParts()) {
            Payload.Checksum checksum = new Payload.Checksum();
            try (InputStream in = part.getInputStream()) {
                byte[] bytes = in.readAllBytes();
                checksum.add(bytes, 0, bytes.length);
            }
            answer.put("part." + part.getName() + ".file", part.getSubmittedFileName());
            answer.put("part." + part.getName() + ".checksum", checksum.value());
            part.delete();
        }
        request.getParameterMap().forEach((name, values) -> answer.put("parameter." + name, values[0]));
        answer.sendTo(response);
    }
}
