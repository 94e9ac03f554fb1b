// Three calls with nothing but the JDK, over mutual TLS: the connection's status, a master, an inquiry.
// What it must be given comes from the environment; see ../README.md.
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamWriter;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class ThreeCalls {
    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    static final String NETWORK = "urn:renkei:mock:unofficial:v1";

    public static void main(String[] arguments) throws Exception {
        ThreeCalls network = null;
        try {
            network = new ThreeCalls();
        } catch (IOException | GeneralSecurityException unusable) {
            System.err.println(unusable);
            System.exit(1);
        }
        try {
            threeCalls(network);
        } catch (Refused refused) {
            System.err.println(refused.getMessage());
            System.exit(refused.sameRequest ? 75 : 1);
        } catch (IOException broken) {
            // Without an answer the same request may be sent again.
            System.err.println(broken);
            System.exit(75);
        }
    }

    static void threeCalls(ThreeCalls network) throws Exception {
        Element status = network.call("connection", "GetConnectionStatus", Map.of());
        System.out.println("state=" + text(status, "State"));

        int entries = 0;
        String page = "";
        Element answer;
        do {
            answer = network.call("master", "GetMaster", page.isEmpty()
                ? fields("Kind", "institutions")
                : fields("Kind", "institutions", "Page", page));
            entries += all(answer, "Entry").getLength();
            page = text(answer, "NextPage");
        } while (!page.isEmpty());
        System.out.println("version=" + text(answer, "Version") + " entries=" + entries + " of " + text(answer, "Count"));

        Element inquiry = network.call("inquiry", "SubmitInquiry", fields(
            "AtenaNumber", "IIDA-0001", "Task", "T-001", "Procedure", "P-001-01",
            "Provider", "011002-M", "Item", "TAX-INCOME", "Year", "2026", "Consent", "true"));
        System.out.println("receipt=" + text(inquiry, "ReceiptNumber"));
    }

    /** The network said no, and why. */
    static class Refused extends Exception {
        final boolean sameRequest;

        Refused(Element fault) {
            super(text(fault, "Code") + ": " + text(fault, "TextJa") + " / " + text(fault, "TextEn"));
            sameRequest = text(fault, "Retry").equals("same-request");
        }
    }

    final String url = given("RENKEI_URL");
    final String institution = given("RENKEI_INSTITUTION");
    final HttpClient http = HttpClient.newBuilder()
        .sslContext(mutualTls(given("RENKEI_CA"), given("RENKEI_CERTIFICATE"), given("RENKEI_KEY")))
        .proxy(HttpClient.Builder.NO_PROXY)
        .connectTimeout(Duration.ofSeconds(10))
        .build();

    ThreeCalls() throws IOException, GeneralSecurityException {
    }

    Element call(String port, String operation, Map<String, String> message) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + port))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", '"' + NETWORK + ':' + operation + '"')
            .POST(HttpRequest.BodyPublishers.ofString(envelope(operation, message)))
            .build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        boolean xml = response.headers().firstValue("Content-Type").orElse("").startsWith("text/xml");
        if (!xml) {
            throw new IOException("HTTP " + response.statusCode() + ", no SOAP message");
        }
        Document answer = parsed(response.body());
        Element fault = (Element) answer.getElementsByTagNameNS(NETWORK, "Fault").item(0);
        if (fault != null) {
            throw new Refused(fault);
        }
        Element good = (Element) answer.getElementsByTagNameNS(NETWORK, operation + "Response").item(0);
        if (good == null) {
            throw new IOException("HTTP " + response.statusCode() + ": " + answer.getDocumentElement().getTextContent().strip());
        }
        return good;
    }

    String envelope(String operation, Map<String, String> message) throws Exception {
        StringWriter written = new StringWriter();
        XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(written);
        xml.writeStartElement("s", "Envelope", SOAP);
        xml.writeNamespace("s", SOAP);
        xml.writeNamespace("n", NETWORK);
        xml.writeStartElement("s", "Body", SOAP);
        xml.writeStartElement("n", operation, NETWORK);
        xml.writeStartElement("n", "Sender", NETWORK);
        write(xml, "RequestId", requestId());
        write(xml, "Institution", institution);
        xml.writeEndElement();
        for (Map.Entry<String, String> field : message.entrySet()) {
            write(xml, field.getKey(), field.getValue());
        }
        xml.writeEndDocument();
        return written.toString();
    }

    static void write(XMLStreamWriter xml, String name, String value) throws Exception {
        xml.writeStartElement("n", name, NETWORK);
        xml.writeCharacters(value);
        xml.writeEndElement();
    }

    /** A request id is for one message: a retry takes the same one, so that it is done once. Letters alone: a long run of
     *  digits could be somebody's number. */
    static String requestId() {
        return "java-" + new SecureRandom().ints(24, 'a', 'z' + 1).mapToObj(Character::toString).collect(Collectors.joining());
    }

    /** In the order of the schema. */
    static Map<String, String> fields(String... namesAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int at = 0; at < namesAndValues.length; at += 2) {
            fields.put(namesAndValues[at], namesAndValues[at + 1]);
        }
        return fields;
    }

    static Document parsed(byte[] body) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(body));
    }

    static NodeList all(Element within, String name) {
        return within.getElementsByTagNameNS(NETWORK, name);
    }

    static String text(Element within, String name) {
        NodeList found = all(within, name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }

    /** The certificates and the key, read from PEM into key stores that stay in memory. */
    static SSLContext mutualTls(String authorityFile, String certificateFile, String keyFile) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", certificates(authorityFile)[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        Certificate[] chain = certificates(certificateFile);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", privateKey(keyFile, chain[0].getPublicKey().getAlgorithm()), new char[0], chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);

        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    static Certificate[] certificates(String file) throws IOException, GeneralSecurityException {
        try (var pem = Files.newInputStream(Path.of(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(pem).toArray(Certificate[]::new);
        }
    }

    /** PKCS#8 in PEM, of the kind (EC or RSA) that the certificate has. */
    static PrivateKey privateKey(String file, String kind) throws IOException, GeneralSecurityException {
        String base64 = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----", "");
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }

    static String given(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            System.err.println("環境変数 " + name + " がありません / the environment has no " + name);
            System.exit(1);
        }
        return value;
    }
}
