<?php
// Three calls with PHP's SoapClient, over mutual TLS: the connection's status, a master, an inquiry.
// What it must be given comes from the environment; see ../README.md.

function given(string $name): string
{
    $value = getenv($name);
    if ($value === false || $value === '') {
        fwrite(STDERR, "環境変数 $name がありません / the environment has no $name\n");
        exit(1);
    }
    return $value;
}

function network(): SoapClient
{
    static $network;
    ini_set('soap.wsdl_cache_enabled', '0');
    return $network ??= new SoapClient(given('RENKEI_URL') . 'connection?wsdl', [
        'stream_context' => stream_context_create(['ssl' => [
            'cafile' => given('RENKEI_CA'),
            'local_cert' => given('RENKEI_CERTIFICATE'),
            'local_pk' => given('RENKEI_KEY'),
            'verify_peer' => true,
            'verify_peer_name' => true,
        ]]),
        // One entry is a list of one, so that a loop over entries always works.
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
        'exceptions' => true,
    ]);
}

// A request id is for one message: a retry takes the same one, so that it is done once. Letters alone: a long run of
// digits could be somebody's number.
function request_id(): string
{
    return 'php-' . implode(array_map(fn() => chr(random_int(ord('a'), ord('z'))), range(1, 24)));
}

function call(string $operation, array $message = []): object
{
    $sender = ['RequestId' => request_id(), 'Institution' => given('RENKEI_INSTITUTION')];
    return network()->__soapCall($operation, [['Sender' => $sender] + $message]);
}

try {
    echo 'state=' . call('GetConnectionStatus')->State . "\n";

    $entries = [];
    $page = [];
    do {
        $answer = call('GetMaster', ['Kind' => 'institutions'] + $page);
        array_push($entries, ...($answer->Entry ?? []));
        $page = ['Page' => $answer->NextPage ?? null];
    } while ($page['Page'] !== null);
    echo "version={$answer->Master->Version} entries=", count($entries), " of {$answer->Master->Count}\n";

    $inquiry = call('SubmitInquiry', [
        'AtenaNumber' => 'IIDA-0001', 'Task' => 'T-001', 'Procedure' => 'P-001-01',
        'Provider' => '011002-M', 'Item' => 'TAX-INCOME', 'Year' => '2026', 'Consent' => true,
    ]);
    echo "receipt={$inquiry->ReceiptNumber}\n";
} catch (SoapFault $fault) {
    $refusal = $fault->detail->Fault ?? null;
    // Without a typed refusal there was no answer: the same request may be sent again.
    fwrite(STDERR, $refusal ? "$refusal->Code: $refusal->TextJa / $refusal->TextEn\n" : "$fault->faultstring\n");
    exit($refusal && $refusal->Retry !== 'same-request' ? 1 : 75);
}
