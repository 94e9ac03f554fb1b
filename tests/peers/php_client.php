<?php
// An institution in PHP's SoapClient, built from the served WSDL alone, over mutual TLS.
[, $url, $pki] = $argv;
ini_set('soap.wsdl_cache_enabled', '0');

function client(string $url, string $pki, string $port, string $identity): SoapClient
{
    $context = stream_context_create(['ssl' => [
        'cafile' => "$pki/ca.pem",
        'local_cert' => "$pki/clients/$identity.pem",
        'local_pk' => "$pki/clients/$identity.key",
        'verify_peer' => true,
        'verify_peer_name' => true,
    ]]);
    // The WSDL is read from a file, since its loader presents no certificate; the address in it is the mock's.
    $folder = sys_get_temp_dir() . '/' . uniqid('renkei-php-');
    mkdir($folder);
    $wsdl = file_get_contents("$url$port?wsdl", false, $context);
    if (!preg_match('/schemaLocation="([^"]+)"/', $wsdl, $found)) {
        throw new Exception('the WSDL names no schema');
    }
    $fetch = function (string $name) use (&$fetch, $folder, $context, $found): void {
        if (file_exists("$folder/$name")) {
            return;
        }
        $schema = file_get_contents(dirname($found[1]) . "/$name", false, $context);
        file_put_contents("$folder/$name", $schema);
        preg_match_all('/schemaLocation="([^"]+)"/', $schema, $included);
        array_map($fetch, $included[1]);
    };
    $fetch(basename($found[1]));
    file_put_contents("$folder/mock.wsdl", str_replace($found[1], basename($found[1]), $wsdl));
    return new SoapClient("$folder/mock.wsdl", [
        'stream_context' => $context, 'location' => "$url$port", 'exceptions' => true, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    ]);
}

function check(bool $holds, string $what): void
{
    if (!$holds) {
        throw new Exception($what);
    }
}

function refused(callable $call, string $code, string $rule): void
{
    try {
        $call();
    } catch (SoapFault $fault) {
        $detail = $fault->detail->Fault;
        check($detail->Code === $code && $detail->RuleId === $rule, "refused with $detail->Code instead of $code");
        return;
    }
    throw new Exception("not refused with $code");
}

$sender = fn(int $number, string $institution) => ['Sender' => ['RequestId' => "php-$number", 'Institution' => $institution]];
$sapporo = '011002-M';
$answer = client($url, $pki, 'connection', 'sapporo-mayor')->GetConnectionStatus($sender(1, $sapporo));
check($answer->State === 'approved' && $answer->Receipt->RequestId === 'php-1', 'the state of Sapporo');
$masters = client($url, $pki, 'master', 'sapporo-mayor')->ListMasters($sender(2, $sapporo))->Master;
check(count($masters) === 14, count($masters) . ' master versions');
$matsumoto = client($url, $pki, 'master', 'matsumoto-mayor');
refused(fn() => $matsumoto->ListMasters($sender(3, '202029-M')), 'F-CON-01', 'R-CON-01');
refused(fn() => $matsumoto->ListMasters($sender(4, '202053-M')), 'F-CAL-02', 'R-CAL-02');
echo "PHP: 14 master versions, 2 typed refusals\n";
