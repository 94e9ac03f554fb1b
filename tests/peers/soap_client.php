<?php
// An institution in PHP's SoapClient, built from the served WSDL alone, over mutual TLS.
// Lines of JSON in: [identity, operation, message]; lines of JSON out: {"answer": …} or {"fault": …}.
[, $url, $pki] = $argv;
ini_set('soap.wsdl_cache_enabled', '0');
set_error_handler(fn(int $level, string $text) => throw new ErrorException($text));

function client(string $identity): SoapClient
{
    global $url, $pki;
    static $clients = [];
    return $clients[$identity] ??= new SoapClient("{$url}connection?wsdl", [
        'stream_context' => stream_context_create(['ssl' => [
            'cafile' => "$pki/ca.pem",
            'local_cert' => "$pki/clients/$identity.pem",
            'local_pk' => "$pki/clients/$identity.key",
            'verify_peer' => true,
            'verify_peer_name' => true,
        ]]),
        'exceptions' => true,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
        'keep_alive' => true,
    ]);
}

while (($line = fgets(STDIN)) !== false) {
    [$identity, $operation, $message] = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    try {
        $said = ['answer' => client($identity)->__soapCall($operation, [$message])];
    } catch (SoapFault $fault) {
        $detail = $fault->detail->Fault ?? null;
        $said = $detail ? ['fault' => $detail] : ['error' => "$fault->faultcode: $fault->faultstring"];
    } catch (Throwable $error) {
        $said = ['error' => $error->getMessage()];
    }
    echo json_encode($said, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
}
