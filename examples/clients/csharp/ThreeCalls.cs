// Three calls with HttpClient, over mutual TLS: the connection's status, a master, an inquiry.
// What it must be given comes from the environment; see ../README.md.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;
using System.Xml.Linq;

public static class ThreeCalls
{
    static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    static readonly XNamespace Network = "urn:renkei:mock:unofficial:v1";
    static HttpClient http;

    public static int Main()
    {
        try
        {
            http = MutualTls(Given("RENKEI_CA"), Given("RENKEI_CERTIFICATE"), Given("RENKEI_KEY"));
            Calls().GetAwaiter().GetResult();
            return 0;
        }
        catch (Refused refused)
        {
            Console.Error.WriteLine(refused.Message);
            return refused.SameRequest ? 75 : 1;
        }
        catch (Exception unusable) when (unusable is IOException || unusable is CryptographicException || unusable is FormatException)
        {
            Console.Error.WriteLine(unusable.Message);
            return 1;
        }
        catch (HttpRequestException broken)
        {
            // Without a typed refusal there was no answer: the same request may be sent again.
            Console.Error.WriteLine(broken.GetBaseException().Message);
            return 75;
        }
        catch (TaskCanceledException)
        {
            Console.Error.WriteLine("時間内に応答がありません / no answer in time");
            return 75;
        }
    }

    static async Task Calls()
    {
        var status = await Call("connection", "GetConnectionStatus");
        Console.WriteLine("state=" + status.Element(Network + "State").Value);

        var entries = new List<XElement>();
        XElement answer, next = null;
        do
        {
            answer = await Call("master", "GetMaster", Field("Kind", "institutions"), next == null ? null : Field("Page", next.Value));
            entries.AddRange(answer.Elements(Network + "Entry"));
            next = answer.Element(Network + "NextPage");
        } while (next != null);
        var master = answer.Element(Network + "Master");
        Console.WriteLine("version={0} entries={1} of {2}",
            master.Element(Network + "Version").Value, entries.Count, master.Element(Network + "Count").Value);

        var inquiry = await Call("inquiry", "SubmitInquiry",
            Field("AtenaNumber", "IIDA-0001"), Field("Task", "T-001"), Field("Procedure", "P-001-01"),
            Field("Provider", "011002-M"), Field("Item", "TAX-INCOME"), Field("Year", "2026"), Field("Consent", true));
        Console.WriteLine("receipt=" + inquiry.Element(Network + "ReceiptNumber").Value);
    }

    // The network said no, and why.
    class Refused : Exception
    {
        public readonly bool SameRequest;

        public Refused(XElement fault) : base(string.Format("{0}: {1} / {2}",
            (string)fault.Element(Network + "Code"), (string)fault.Element(Network + "TextJa"), (string)fault.Element(Network + "TextEn")))
        {
            SameRequest = (string)fault.Element(Network + "Retry") == "same-request";
        }
    }

    // Fields in the order of the schema.
    static async Task<XElement> Call(string port, string operation, params XElement[] fields)
    {
        var sender = new XElement(Network + "Sender", Field("RequestId", RequestId()), Field("Institution", Given("RENKEI_INSTITUTION")));
        var envelope = new XElement(Soap + "Envelope", new XElement(Soap + "Body", new XElement(Network + operation, sender, fields)));
        var request = new HttpRequestMessage(HttpMethod.Post, Given("RENKEI_URL") + port)
        {
            Content = new StringContent(envelope.ToString(SaveOptions.DisableFormatting), Encoding.UTF8, "text/xml"),
        };
        request.Headers.TryAddWithoutValidation("SOAPAction", "\"" + Network + ":" + operation + "\"");
        using (var response = await http.SendAsync(request))
        {
            var type = response.Content.Headers.ContentType;
            if (type == null || type.MediaType != "text/xml")
            {
                throw new HttpRequestException("HTTP " + (int)response.StatusCode + ", no SOAP message");
            }
            var answer = XDocument.Parse(await response.Content.ReadAsStringAsync());
            var fault = answer.Descendants(Network + "Fault").FirstOrDefault();
            if (fault != null)
            {
                throw new Refused(fault);
            }
            return answer.Descendants(Network + (operation + "Response")).FirstOrDefault()
                ?? throw new HttpRequestException("HTTP " + (int)response.StatusCode + ": " + answer.Root.Value.Trim());
        }
    }

    static XElement Field(string name, object value)
    {
        return new XElement(Network + name, value);
    }

    // A request id is for one message: a retry takes the same one, so that it is done once. Letters alone: a long run of
    // digits could be somebody's number.
    static string RequestId()
    {
        var bytes = new byte[24];
        using (var random = RandomNumberGenerator.Create())
        {
            random.GetBytes(bytes);
        }
        return "csharp-" + new string(bytes.Select(octet => (char)('a' + octet % 26)).ToArray());
    }

    static HttpClient MutualTls(string authorityFile, string certificateFile, string keyFile)
    {
        var authority = new X509Certificate2(authorityFile);
        var handler = new HttpClientHandler { UseProxy = false };
        handler.ClientCertificates.Add(Own(certificateFile, keyFile));
        // The authority is not one of the machine: the name must be right, and the chain must end at it.
        handler.ServerCertificateCustomValidationCallback = (request, server, chain, errors) =>
        {
            chain.ChainPolicy.ExtraStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
            return (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 && chain.Build(server)
                && chain.ChainElements[chain.ChainElements.Count - 1].Certificate.RawData.SequenceEqual(authority.RawData);
        };
        return new HttpClient(handler);
    }

    // Since .NET 5 also X509Certificate2.CreateFromPemFile(certificateFile, keyFile), which takes RSA keys too.
    static X509Certificate2 Own(string certificateFile, string keyFile)
    {
        var pem = File.ReadAllLines(keyFile).Where(line => !line.StartsWith("-----"));
        using (var key = ECDsa.Create())
        using (var certificate = new X509Certificate2(certificateFile))
        {
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(string.Concat(pem)), out _);
            using (var both = certificate.CopyWithPrivateKey(key))
            {
                // Windows takes a key for TLS only after it went through PKCS#12.
                return new X509Certificate2(both.Export(X509ContentType.Pkcs12));
            }
        }
    }

    static string Given(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(value))
        {
            Console.Error.WriteLine("環境変数 " + name + " がありません / the environment has no " + name);
            Environment.Exit(1);
        }
        return value;
    }
}
