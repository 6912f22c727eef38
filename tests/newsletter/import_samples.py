"""Small files as the three services and spreadsheets write them. Nobody in them exists."""

import io
from typing import Any

from openpyxl import Workbook

MAILCHIMP = (
    '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,'
    "LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
    "ada@example.org,Ada,Lovelace,2,,,,,,,,,,,,,1,a,,\n"
    'bea@example.org,Bea,"Martin, dite B.",2,"2019-05-06 07:08:09",192.0.2.1,"2019-05-06 07:10:00",192.0.2.1,'
    ',,,,,fr,,"2024-01-01 00:00:00",2,b,"called on Monday\nand on Tuesday","""Press"",""VIP list"""\n'
)
MAILCHIMP_UNSUBSCRIBED = (
    '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON\n'
    'cleo@example.org,Cleo,,2,"2019-05-06 07:08:09","2020-01-02 03:04:05",,"NORMAL"\n'
)
MAILCHIMP_CLEANED = (
    '"Adresse e-mail",Prénom,Nom,MEMBER_RATING,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\n'
    'dora@example.org,Dora,,2,"2019-05-06 07:08:09","2020-01-02 03:04:05",\n'
)
BREVO = (
    "CONTACT ID;EMAIL;PRENOM;NOM;SMS;LANGUE;BLOCKLISTED;ADDED_TIME;MODIFIED_TIME\n"
    "1;Ada@Example.org;Ada;Lovelace;;Français;false;01-02-2021 10:00:00;01-02-2021 10:00:00\n"
    "2;bea@example.org;Bea;Martin;;Anglais;true;01-02-2021 10:00:00;01-02-2021 10:00:00\n"
    "3;cleo@example.org;Cléo;Dupré;;les deux;non;01-02-2021 10:00:00;01-02-2021 10:00:00\n"
)
MAILPOET = (
    '"Email","First name","Last name","Subscription IP","Subscription time","Confirmation time","Confirmation IP",'
    '"List status","Global status"\n'
    '"ada@example.org","Ada","Lovelace","","2022-03-04 05:06:07","2022-03-04 05:07:00","","subscribed","subscribed"\n'
    '"bea@example.org","Bea","","","2022-03-04 05:06:07","","","subscribed","unconfirmed"\n'
    '"cleo@example.org","Cleo","","","2022-03-04 05:06:07","","","subscribed","bounced"\n'
    '"dora@example.org","Dora","","","2022-03-04 05:06:07","","","unsubscribed","subscribed"\n'
)
MAILPOET_FRENCH = (
    '"E-mail","Prénom","Nom","Statut de la liste","Statut global"\n'
    '"ada@example.org","Ada","Lovelace","Abonné","Abonné"\n'
    '"bea@example.org","Bea","","Désabonné","Abonné"\n'
    '"cleo@example.org","Cleo","","Abonné","Non confirmé"\n'
)


def xlsx(*rows: list[Any]) -> bytes:
    """A workbook with these rows in its first sheet, and notes in a second."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.create_sheet("Notes").append(["nobody@example.org"])
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()
