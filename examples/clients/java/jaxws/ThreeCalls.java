// Three calls with JAX-WS and the classes that wsimport makes of the contract: the connection's status, a master, an
// inquiry. The key stores come from the properties javax.net.ssl.*, the rest from the environment; see ../../README.md.
import java.net.URI;
import java.security.SecureRandom;
import java.util.stream.Collectors;
import javax.xml.ws.WebServiceException;
import linkage.*;

public class ThreeCalls {
    public static void main(String[] arguments) throws Exception {
        try {
            threeCalls();
        } catch (Fault refused) {
            Refusal refusal = refused.getFaultInfo();
            System.err.println(refusal.getCode() + ": " + refusal.getTextJa() + " / " + refusal.getTextEn());
            System.exit(refusal.getRetry() == Retry.SAME_REQUEST ? 75 : 1);
        } catch (WebServiceException broken) {
            // Without a typed refusal there was no answer: the same request may be sent again.
            System.err.println(broken);
            System.exit(75);
        }
    }

    static void threeCalls() throws Exception {
        // The served WSDL names the addresses of this network. With one that is kept as a file, each port is told its own:
        // ((BindingProvider) port).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, url + "inquiry")
        Network network = new Network(URI.create(given("RENKEI_URL") + "connection?wsdl").toURL());

        GetConnectionStatus status = new GetConnectionStatus();
        status.setSender(sender());
        System.out.println("state=" + network.getConnectionPort().getConnectionStatus(status).getState().value());

        Master masters = network.getMasterPort();
        int entries = 0;
        GetMasterResponse answer = null;
        do {
            GetMaster page = new GetMaster();
            page.setSender(sender());
            page.setKind(MasterKind.INSTITUTIONS);
            page.setPage(answer == null ? null : answer.getNextPage());
            answer = masters.getMaster(page);
            entries += answer.getEntryOrAddedOrChanged().size();
        } while (answer.getNextPage() != null);
        System.out.println("version=" + answer.getMaster().getVersion() + " entries=" + entries + " of " + answer.getMaster().getCount());

        SubmitInquiry inquiry = new SubmitInquiry();
        inquiry.setSender(sender());
        inquiry.setAtenaNumber("IIDA-0001");
        inquiry.setTask("T-001");
        inquiry.setProcedure("P-001-01");
        inquiry.setProvider("011002-M");
        inquiry.setItem("TAX-INCOME");
        inquiry.setYear("2026");
        inquiry.setConsent(true);
        System.out.println("receipt=" + network.getInquiryPort().submitInquiry(inquiry).getReceiptNumber());
    }

    /** A request id is for one message: a retry takes the same one, so that it is done once. Letters alone: a long run of
     *  digits could be somebody's number. */
    static Sender sender() {
        Sender sender = new Sender();
        sender.setRequestId("java-" + new SecureRandom().ints(24, 'a', 'z' + 1).mapToObj(Character::toString).collect(Collectors.joining()));
        sender.setInstitution(given("RENKEI_INSTITUTION"));
        return sender;
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
