# ruff: noqa: E501, RUF001
"""The server's own words for the errors that are looked for, in the languages that it speaks.

Taken from the message catalogues of PostgreSQL 15. A log in another language is told by its
SQLSTATE, where it has one.
"""

NOT_NULL = """\
null value in column "{column}" of relation "{table}" violates not-null constraint
null value in column "{column}" violates not-null constraint
NULL-Wert in Spalte »{column}« von Relation »{table}« verletzt Not-Null-Constraint
el valor nulo en la columna «{column}» de la relación «{table}» viola la restricción de no nulo
une valeur NULL viole la contrainte NOT NULL de la colonne « {column} » dans la relation « {table} »
il valore nullo nella colonna "{column}" della relazione "{table}" viola il vincolo non nullo
リレーション"{table}"の列"{column}"のNULL値が非NULL制約に違反しています
ნულოვანი მნიშვნელობა სვეტში "{column}" ურთიერთობისთვის "{table}" არანულოვან შეზღუდვას არღვევს
"{column}" 칼럼(해당 릴레이션 "{table}")의 null 값이 not null 제약조건을 위반했습니다.
значение NULL в столбце "{column}" отношения "{table}" нарушает ограничение NOT NULL
null-värde i kolumn "{column}" i relation "{table}" bryter mot not-null-villkoret
null значення в стовпці "{column}" відношення "{table}" порушує not-null обмеження
"""

DUPLICATE = """\
duplicate key value violates unique constraint "{constraint}"
doppelter Schlüsselwert verletzt Unique-Constraint »{constraint}«
llave duplicada viola restricción de unicidad «{constraint}»
la valeur d'une clé dupliquée rompt la contrainte unique « {constraint} »
un valore chiave duplicato viola il vincolo univoco "{constraint}"
重複したキー値は一意性制約"{constraint}"違反となります
დუბლირებული გასაღების მნიშვნელობა არღვევს უნიკალურ შეზღუდვას "{constraint}"
중복된 키 값이 "{constraint}" 고유 제약 조건을 위반함
повторяющееся значение ключа нарушает ограничение уникальности "{constraint}"
duplicerat nyckelvärde bryter mot unik-villkor "{constraint}"
повторювані значення ключа порушують обмеження унікальності "{constraint}"
重复键违反唯一约束"{constraint}"
"""

SEQUENCE_DENIED = """\
permission denied for sequence {sequence}
keine Berechtigung für Sequenz {sequence}
permiso denegado a la secuencia {sequence}
droit refusé pour la séquence {sequence}
permesso negato per la sequenza {sequence}
シーケンス {sequence} へのアクセスが拒否されました
წვდომა აკრძალულია მიმდევრობაზე: "{sequence}"
{sequence} 시퀀스 접근 권한 없음
нет доступа к последовательности {sequence}
rättighet saknas för sekvens {sequence}
немає дозволу для послідовності {sequence}
对于序列 {sequence}, 权限不够
"""

TABLE_DENIED = """\
permission denied for table {table}
keine Berechtigung für Tabelle {table}
permiso denegado a la tabla {table}
droit refusé pour la table {table}
permesso negato per la tabella {table}
テーブル {table} へのアクセスが拒否されました
წვდომა აკრძალულია ცხრილზე: "{table}"
{table} 테이블에 대한 접근 권한 없음
нет доступа к таблице {table}
rättighet saknas för tabell {table}
немає дозволу для таблиці {table}
对表 {table} 权限不够
"""

OUT_OF_RANGE = """\
integer out of range
integer ist außerhalb des gültigen Bereichs
entero fuera de rango
entier en dehors des limites
intero fuori dall'intervallo
integerの範囲外です
მთელი მნიშვნელობა დიაპაზონს გარეთაა
정수 범위를 벗어남
целое вне диапазона
heltal utanför giltigt intervall
ціле число поза діапазоном
整数超出范围
smallint out of range
smallint ist außerhalb des gültigen Bereichs
smallint fuera de rango
smallint en dehors des limites
il valore è fuori dall'intervallo consentito per il tipo smallint
smallintの範囲外です
smallint დიაპაზონს გარეთაა
smallint의 범위를 벗어났습니다.
smallint вне диапазона
smallint utanför sitt intervall
двобайтове ціле поза діапазоном
smallint 超出范围
bigint out of range
bigint ist außerhalb des gültigen Bereichs
bigint fuera de rango
bigint en dehors des limites
bigint fuori dall'intervallo consentito
bigintの範囲外です
bigint დიაპაზონს გარეთაა
bigint의 범위를 벗어났습니다.
bigint вне диапазона
bigint utanför sitt intervall
bigint поза діапазоном
bigint 超出范围
value "{value}" is out of range for type {type}
Wert »{value}« ist außerhalb des gültigen Bereichs für Typ {type}
el valor «{value}» está fuera de rango para el tipo {type}
la valeur « {value} » est en dehors des limites pour le type {type}
valore "{value}" fuori dall'intervallo consentito per il tipo {type}
値"{value}"は型{type}の範囲外です
입력한 "{value}" 값은 {type} 자료형 범위를 초과했습니다
значение "{value}" вне диапазона для типа {type}
värdet "{value}" är utanför giltigt intervall för typen {type}
значення "{value}" поза діапазоном для типу {type}
值 "{value}" 超出类型 {type} 的范围
"""

SEQUENCE_ENDED = """\
nextval: reached maximum value of sequence "{sequence}" ({value})
nextval: Maximalwert von Sequenz »{sequence}« erreicht ({value})
nextval: se alcanzó el máximo valor de la secuencia «{sequence}» ({value})
nextval: raggiunto il valore massimo della sequenza "{sequence}" ({value})
nextval: シーケンス"{sequence}"の最大値({value})に達しました
nextval: მიღწეულია მაქსიმალური მნიშვნელობა მიმდევრობისთვის "{sequence}" ({value})
nextval:  "{sequence}" 시퀀스의 최대값({value})이 되었습니다
функция nextval достигла максимума для последовательности "{sequence}" ({value})
nextval: har nått det maximala värdet för sekvensen "{sequence}" ({value})
nextval: досягнено максимального значення послідовності "{sequence}" ({value})
nextval: reached minimum value of sequence "{sequence}" ({value})
nextval: Minimalwert von Sequenz »{sequence}« erreicht ({value})
nextval: se alcanzó el valor mínimo de la secuencia «{sequence}» ({value})
nextval: シーケンス"{sequence}"の最小値({value})に達しました
nextval: მიღწეულია მინიმალური მნიშვნელობა მიმდევრობისთვის "{sequence}" ({value})
nextval: "{sequence}" 시퀀스의 최소값({value})이 되었습니다
функция nextval достигла минимума для последовательности "{sequence}" ({value})
nextval: har nått det minimala värder för sekvensen "{sequence}" ({value})
nextval: досягнено мінімального значення послідовності "{sequence}" ({value})
"""

RELATION_MISSING = """\
relation "{sequence}" does not exist
Relation »{sequence}« existiert nicht
no existe la relación «{sequence}»
la relation « {sequence} » n'existe pas
la relazione "{sequence}" non esiste
リレーション"{sequence}"は存在しません
ურთიერთობა "{sequence}" არ არსებობს
"{sequence}" 이름의 릴레이션(relation)이 없습니다
отношение "{sequence}" не существует
relationen "{sequence}" existerar inte
відношення "{sequence}" не існує
关系 "{sequence}" 不存在
"""

NO_PARENT = """\
insert or update on table "{table}" violates foreign key constraint "{constraint}"
Einfügen oder Aktualisieren in Tabelle »{table}« verletzt Fremdschlüssel-Constraint »{constraint}«
inserción o actualización en la tabla «{table}» viola la llave foránea «{constraint}»
une instruction insert ou update sur la table « {table} » viole la contrainte de clé étrangère « {constraint} »
la INSERT o l'UPDATE sulla tabella "{table}" viola il vincolo di chiave esterna "{constraint}"
テーブル"{table}"への挿入、更新は外部キー制約"{constraint}"に違反しています
"{table}" 테이블에서 자료 추가, 갱신 작업이 "{constraint}" 참조키(foreign key) 제약 조건을 위배했습니다
INSERT или UPDATE в таблице "{table}" нарушает ограничение внешнего ключа "{constraint}"
insert eller update på tabell "{table}" bryter mot främmande nyckel-villkoret "{constraint}"
insert або update в таблиці "{table}" порушує обмеження зовнішнього ключа "{constraint}"
插入或更新表 "{table}" 违反外键约束 "{constraint}"
"""

WRONG_TYPE = """\
column "{column}" is of type {type} but expression is of type {given}
Spalte »{column}« hat Typ {type}, aber der Ausdruck hat Typ {given}
la columna «{column}» es de tipo {type} pero la expresión es de tipo {given}
la colonne « {column} » est de type {type} mais l'expression est de type {given}
la colonna "{column}" è di tipo {type} ma l'espressione è di tipo {given}
列"{column}"は型{type}ですが、式は型{given}でした
열 "{column}"은(는) {type} 자료형인데 표현식은 {given} 자료형입니다.
столбец "{column}" имеет тип {type}, а выражение - {given}
kolumn "{column}" har typ {type} men uttrycket är av typ {given}
стовпець "{column}" має тип {type}, а вираз {given}
字段 "{column}" 的类型为 {type}, 但表达式的类型为 {given}
"""

NOT_READABLE = """\
invalid input syntax for type {type}: "{value}"
ungültige Eingabesyntax für Typ {type}: »{value}«
la sintaxis de entrada no es válida para tipo {type}: «{value}»
syntaxe en entrée invalide pour le type {type} : « {value} »
sintassi di input non valida per il tipo {type}: "{value}"
"{type}"型の入力構文が不正です: "{value}"
არასწორი შეყვანის სინტაქსი ტიპისთვის {type}: "{value}"
{type} 자료형 대한 잘못된 입력: "{value}"
неверный синтаксис для типа {type}: "{value}"
ogiltig indatasyntax för type {type}: "{value}"
неприпустимий синтаксис для типу {type}: "{value}"
无效的类型 {type} 输入语法: "{value}"
"""

NOT_COMPARABLE = """\
operator does not exist: {operator}
Operator existiert nicht: {operator}
el operador no existe: {operator}
l'opérateur n'existe pas : {operator}
l'operatore non esiste: {operator}
演算子が存在しません: {operator}
ოპერატორი არ არსებობს: {operator}
연산자 없음: {operator}
оператор не существует: {operator}
operator existerar inte: {operator}
оператор не існує: {operator}
操作符不存在: {operator}
"""

NOT_CAST = """\
column "{column}" cannot be cast automatically to type {type}
Spalte »{column}« kann nicht automatisch in Typ {type} umgewandelt werden
la columna «{column}» no puede convertirse automáticamente al tipo {type}
la colonne « {column} » ne peut pas être convertie vers le type {type}
la colonna "{column}" non può essere convertita automaticamente al tipo {type}
列"{column}"は型{type}には自動的に型変換できません
სვეტის "{column}" ავტომატური დაკასტვა ტიპამდე {type} შეუძლებელია
"{column}" 칼럼의 자료형을 {type} 형으로 형변환할 수 없음
столбец "{column}" нельзя автоматически привести к типу {type}
kolumn "{column}" kan inte automatiskt typomvandlas till typ {type}
стовпець "{column}" не можна автоматично привести до типу {type}
字段 "{column}" 不能自动转换成类型 {type}
"""

NOT_REFERENCEABLE = """\
foreign key constraint "{constraint}" cannot be implemented
Fremdschlüssel-Constraint »{constraint}« kann nicht implementiert werden
la restricción de llave foránea «{constraint}» no puede ser implementada
la contrainte de clé étrangère « {constraint} » ne peut pas être implémentée
non è possibile implementare il vincolo di chiave esterna "{constraint}"
外部キー制約"{constraint}は実装されていません
გარე გასაღების შეზღუდვის "{constraint}" განხორციელება შეუძლებელია
"{constraint}" 참조키(foreign key) 제약 조건은 구현되어질 수 없습니다
ограничение внешнего ключа "{constraint}" нельзя реализовать
främmande nyckelvillkor "{constraint}" kan inte implementeras
обмеження зовнішнього ключа "{constraint}" не можна реалізувати
无法实现外键约束 "{constraint}"
"""

ERROR_LABELS = """\
ERROR| FEHLER| ERREUR| ERRORE| შეცდომა| 오류| ОШИБКА| FEL| ПОМИЛКА| 错误| FATAL| FATALE|
ფატალური| 치명적오류| ВАЖНО| FATALT| ФАТАЛЬНО| 致命错误| PANIC| PANIK| PANICO| პანიკა| 손상| ПАНИКА|
ПАНІКА| 比致命错误还过分的错误
"""

OTHER_LABELS = """\
DEBUG| გამართვა| 디버그| ОТЛАДКА| НАЛАГОДЖЕННЯ| 调试| LOG| ჟურნალი| 로그| СООБЩЕНИЕ| LOGG|
ЗАПИСУВАННЯ| 日志| INFO| ინფორმაცია| 정보| ИНФОРМАЦИЯ| ІНФОРМАЦІЯ| 信息| NOTICE| HINWEIS|
NOTIFICA| გაფრთხილება| 알림| ЗАМЕЧАНИЕ| NOTIS| ПОВІДОМЛЕННЯ| 注意| WARNING| WARNUNG|
ATTENTION| ATTENZIONE| 경고| ПРЕДУПРЕЖДЕНИЕ| VARNING| ПОПЕРЕДЖЕННЯ| 警告
"""

DETAIL_LABELS = """\
DETAIL| DETALLE| DÉTAIL| DETTAGLI| 詳細| დეტალები| 상세정보| ПОДРОБНОСТИ| DETALJ| ВІДОМОСТІ|
详细信息
"""

STATEMENT_LABELS = """\
STATEMENT| ANWEISUNG| SENTENCIA| INSTRUCTION| ISTRUZIONE| 文| ოპერატორი| 명령 구문| ОПЕРАТОР|
SATS| ІНСТРУКЦІЯ| 语句
"""

CONTEXT_LABELS = """\
CONTEXT| ZUSAMMENHANG| CONTEXTO| CONTEXTE| CONTESTO| 文脈| კონტექსტი| 내용| КОНТЕКСТ| KONTEXT|
上下文| QUERY| ANFRAGE| CONSULTA| REQUÊTE| 問い合わせ| მოთხოვნა| 쿼리| ЗАПРОС| FRÅGA| ЗАПИТ| 查询
"""

REST_LABELS = """\
HINT| TIPP| ASTUCE| SUGGERIMENTO| ヒント| მინიშნება| 힌트| ПОДСКАЗКА| TIPS| УКАЗІВКА| 提示|
BACKTRACE| PILE D'APPEL| バックトレース| სტეკი| 역추적| СТЕК| ВІДСТЕЖУВАТИ
"""
